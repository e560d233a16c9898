import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deflateSync } from "node:zlib";
import type { Gate } from "../../gate/gate.ts";
import { makeStatusJwt } from "../../node/lists/make-token.ts";
import { listBytes } from "../../resolver/status/list-bytes.ts";
import { SIZE } from "../helpers/registries.ts";
import { type GateStage, gateOf, gateStage, INDEX, LIST_URI, NONCE } from "./stage.ts";

let stage: GateStage;
let full: Uint8Array;
let time: number;

before(async () => {
  stage = await gateStage();
  full = await stage.bytes();
  time = await stage.now();
});

/** A token of list 0 as the issuer signs it: its first word has these bits. */
function token({
  revoked = 0n,
  suspended = 0n,
  at = time + 10,
  uri = LIST_URI,
  by = stage.issuer,
} = {}): Promise<string> {
  const bytes = listBytes("token", [[0, { revoked, suspended }]], Number(SIZE));
  const asOf = { number: 1, hash: `0x${"11".repeat(32)}` as const, time: at, finalizedBlock: 1 };
  return makeStatusJwt({ uri, asOf, compressed: deflateSync(bytes), signer: by.signer });
}

async function opened() {
  const { gate, clock } = await gateOf(stage);
  assert.equal((await gate.importBundle(full)).reason, "newer");
  clock.now = time + 100;
  return gate;
}

async function check(gate: Gate, index: number, statusToken: string) {
  const credential = await stage.presented(index, { at: time + 100 });
  return gate.check({ credential, nonce: NONCE, statusToken });
}

const bit = (index: number) => 1n << BigInt(index);

test("a newer list that a visitor brings is what counts: it revokes and suspends, and lifts a suspension", async () => {
  const gate = await opened();
  const { answer, reason } = await check(gate, INDEX.valid, await token());
  assert.deepEqual([reason, answer?.statusAsOf], ["fresh", time + 10]);
  assert.equal((await check(gate, INDEX.valid, await token({ revoked: bit(INDEX.valid) }))).reason, "revoked");
  assert.equal((await check(gate, INDEX.valid, await token({ suspended: bit(INDEX.valid) }))).reason, "suspended");
  assert.equal((await check(gate, INDEX.suspended, await token())).reason, "fresh");
});

test("a visitor's list never takes a revocation back", async () => {
  assert.equal((await check(await opened(), INDEX.revoked, await token())).reason, "revoked");
});

test("a list that is not newer than the bundle lifts no suspension", async () => {
  for (const at of [time - 1, time])
    assert.equal((await check(await opened(), INDEX.suspended, await token({ at }))).reason, "suspended", String(at));
});

test("a list that somebody else signed, of another place, that ended or is garbage says nothing", async () => {
  const gate = await opened();
  const wrong = [
    await token({ by: stage.strangerIssuer }),
    await token({ uri: `${LIST_URI}1` }),
    await token({ at: time - 86_400 }),
    `${await token()}x`,
    "garbage",
    "",
  ];
  for (const statusToken of wrong) {
    const { reason, answer } = await check(gate, INDEX.suspended, statusToken);
    assert.equal(reason, "suspended");
    assert.match(String(answer?.problem?.code), /^STATUS_LIST_/);
  }
});
