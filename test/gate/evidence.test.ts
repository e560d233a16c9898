import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type Evidence, type GateStore, MAX_EVIDENCE, memoryStore } from "../../gate/gate-store.ts";
import { levelStore } from "../../gate/level-store.ts";
import { word } from "../../resolver/primitives/hex.ts";
import { endsOf, temporaryFolder } from "../cli/harness.ts";
import { NETWORK } from "../node/http/harness.ts";

/** Evidence that block `number` contradicts another one. */
function evidenceOf(reason: Evidence["reason"], number: number): Evidence {
  const sealed = { network: NETWORK.name, header: "0x", attestations: [], handovers: [] };
  const block = (hash: number) => ({ number, hash: word(hash), sealed });
  return { reason, at: 1, held: block(0), came: block(number) };
}

async function expectRoom(store: GateStore) {
  for (let number = 1; number <= MAX_EVIDENCE + 5; number++) await store.addEvidence(evidenceOf("olderBlock", number));
  assert.equal((await store.evidence()).length, MAX_EVIDENCE);
  for (const number of [7, 7, 500]) await store.addEvidence(evidenceOf("otherHash", number));
  const kept = await store.evidence();
  assert.deepEqual(
    kept.filter(({ reason }) => reason === "otherHash").map(({ came }) => came.number),
    [7, 500],
  );
  assert.equal(kept.length, MAX_EVIDENCE + 2);
}

test("older blocks, which anybody can collect, leave room for evidence of two blocks of one height: in memory", () =>
  expectRoom(memoryStore()));

test("older blocks, which anybody can collect, leave room for evidence of two blocks of one height: on a disk", async (t) => {
  const store = await levelStore(join(await temporaryFolder(t), "gate"), NETWORK);
  endsOf(t)(() => store.close());
  await expectRoom(store);
});
