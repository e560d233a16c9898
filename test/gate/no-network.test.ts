import assert from "node:assert/strict";
import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import { join } from "node:path";
import { mock, test } from "node:test";
import { levelStore } from "../../gate/level-store.ts";
import { temporaryFolder } from "../cli/harness.ts";
import { gateOf, gateStage, INDEX, NONCE } from "./stage.ts";

test("importing bundles and checking open no socket and look up no name", async (t) => {
  const stage = await gateStage();
  const full = await stage.bytes();
  const number = (await stage.reader.header("latest"))?.number;
  await stage.revoke(INDEX.later);
  const delta = await stage.bytes(number === undefined ? {} : { since: number });
  const shown = await Promise.all(Object.values(INDEX).map((index) => stage.presented(index)));
  const garbage = ["", "a.b.c", `${shown[0]}x`];
  const { gate, clock } = await gateOf(stage, {
    store: await levelStore(join(await temporaryFolder(t), "g"), stage.network),
  });

  const opened: string[] = [];
  const refuse = (what: string) => (): never => {
    opened.push(what);
    throw new Error(`${what} was used`);
  };
  t.after(() => mock.restoreAll());
  mock.method(globalThis, "fetch", refuse("fetch"));
  mock.method(net.Socket.prototype, "connect", refuse("a socket"));
  mock.method(dgram, "createSocket", refuse("a datagram"));
  mock.method(dns, "lookup", refuse("a name"));
  // A refused attempt would be recorded.
  await assert.rejects(async () => fetch("http://127.0.0.1"), /was used/);
  assert.throws(() => net.connect(1, "127.0.0.1"), /was used/);
  opened.length = 0;

  assert.equal((await gate.importBundle(full)).reason, "newer");
  const check = async (credential: string) =>
    (await gate.check({ credential, nonce: NONCE, statusToken: "a.b.c" })).reason;
  assert.deepEqual(await Promise.all(shown.map(check)), ["revoked", "suspended", "fresh", "fresh"]);
  assert.equal((await gate.importBundle(delta)).reason, "newer");
  assert.deepEqual(await Promise.all(shown.map(check)), ["revoked", "suspended", "fresh", "revoked"]);
  for (const text of garbage) assert.match(await check(text), /^(CREDENTIAL_MALFORMED|keyBinding\w+)$/);
  clock.now += 1_000_000;
  await Promise.all(shown.map(check));
  await gate.close();
  assert.deepEqual(opened, []);
});
