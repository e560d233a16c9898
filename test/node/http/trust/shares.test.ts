import assert from "node:assert/strict";
import { test } from "node:test";
import { COSTLY_LIMITS, TRUST_LIMITS } from "../../../../node/http/server/bounds.ts";
import { MAX_HISTORY_BYTES } from "../../../../node/trust/read-issuer.ts";
import { MAX_VALUE_BYTES } from "../../../../resolver/did/decode-log.ts";
import { MAX_ISSUER_BYTES } from "../../../../resolver/nodes/http-node.ts";
import type { Hex } from "../../../../resolver/primitives/hex.ts";
import { name32 } from "../../../helpers/keys.ts";
import { beforeHistory } from "../../../helpers/memory-index.ts";
import { until } from "../../../helpers/real-node.ts";
import { ALICE, BOB, didOf, FOREVER, gate, key, START, startTestNode, type TestNodeOptions } from "../harness.ts";
import type { Change } from "../writer.ts";

/** A node that pauses before it reads a history. */
function startSlow(t: Parameters<typeof startTestNode>[0], pause: () => Promise<void>, options: TestNodeOptions = {}) {
  return startTestNode(t, {
    ...options,
    wrap: (index) => beforeHistory(index, pause),
  });
}

test("few answers about issuers are made at the same time, because each holds a whole history; the others wait", async (t) => {
  let [running, most] = [0, 0];
  const node = await startSlow(t, async () => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  node.writer.block(START, key(ALICE, 1));
  const answers = await Promise.all(Array.from({ length: 40 }, () => node.get(`/issuers/${didOf(ALICE)}`)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  assert.equal(most, TRUST_LIMITS.atOnce);
});

/** An attribute with as many bytes as the contract allows. */
function large(identity: Hex, number: number): Change {
  const value: Hex = `0x${number.toString(16).padStart(2 * MAX_VALUE_BYTES, "0")}`;
  return { identity, type: "attribute", name: name32("did/pub/Ed25519/veriKey"), value, validTo: FOREVER };
}

test("an issuer's history that is longer than the library reads is refused, and the longest that is given can be read", async (t) => {
  const node = await startTestNode(t);
  const bytesOfEvent = 500 + 2 + 2 * (MAX_VALUE_BYTES + 6 * 32 - 32);
  const most = Math.floor(MAX_HISTORY_BYTES / bytesOfEvent) - 1;
  const events = (identity: Hex, count: number) => Array.from({ length: count }, (_, at) => large(identity, at + 1));
  node.writer.block(START, ...events(ALICE, most), ...events(BOB, most + 10));
  const longest = await node.get(`/issuers/${didOf(ALICE)}`);
  assert.equal(longest.status, 200);
  assert.equal(JSON.parse(longest.text).history.length, most);
  assert(longest.text.length < MAX_ISSUER_BYTES, `${longest.text.length} bytes`);
  const longer = await node.get(`/issuers/${didOf(BOB)}`);
  assert.deepEqual([longer.status, JSON.parse(longer.text).code], [503, "UNAVAILABLE"]);
});

test("a client that asks for many pages of changes at once uses up its own share, and another one is answered", async (t) => {
  const late = gate();
  const node = await startSlow(t, () => late.opened, { trustedProxies: ["127.0.0.1"] });
  node.writer.block(START, key(ALICE, 1));
  const { atOnce, waiting, waitingOfClient } = COSTLY_LIMITS;
  const ask = (client: string) => node.get("/changes", { "x-forwarded-for": client });
  const count = atOnce + waiting + 10;
  const many = Array.from({ length: count }, () => ask("192.0.2.1"));
  // Those above the share are refused while the others wait.
  await until(() => node.refusals.length === count - atOnce - waitingOfClient);
  const other = ask("192.0.2.2");
  late.open();
  const statuses = (await Promise.all(many)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, atOnce + waitingOfClient);
  assert.equal(statuses.filter((status) => status === 429).length, count - atOnce - waitingOfClient);
  assert.equal((await other).status, 200);
});
