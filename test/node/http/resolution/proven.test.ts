import assert from "node:assert/strict";
import { test } from "node:test";
import { RESULT } from "../../../../node/http/negotiation/accept.ts";
import { identifiers } from "../../../../node/http/resolution/identifiers.ts";
import { indexSource } from "../../../../node/http/resolution/index-source.ts";
import { Turns } from "../../../../node/http/server/turns.ts";
import { word } from "../../../../resolver/primitives/hex.ts";
import { MemoryIndex } from "../../../helpers/memory-index.ts";
import { ALICE, didOf, FOLLOWING, key, NETWORK, NOBODY, START } from "../harness.ts";
import { Writer } from "../writer.ts";

/** Resolutions with a proof as of block 1, in which no DID was written; the index may be at a later block. */
function provenAtFirst() {
  const index = new MemoryIndex(NETWORK.chainId);
  const writer = new Writer(index);
  const state = { isStale: false };
  const block = { number: 1, hash: word(1), time: START };
  const identify = identifiers({
    source: indexSource({
      index,
      network: NETWORK,
      state: () => (state.isStale ? { kind: "stale", block: 1, refuse: false, reason: "old" } : FOLLOWING),
      now: () => START + 100,
    }),
    network: NETWORK,
    turns: new Turns(),
    prove: async () => ({ block, bytes: Buffer.from(JSON.stringify({ subjects: [] })) }),
    now: () => START + 100,
    onFault: (error) => assert.fail(String(error)),
  });
  writer.block(START);
  const statusOf = async (did: string, query = "") =>
    (await identify({ target: `${did}?proof=true${query}`, accept: RESULT })).status;
  return { writer, state, statusOf };
}

test("a DID that is proven to be absent as of an older block, and was written since, is not said to be absent", async () => {
  const { writer, statusOf } = provenAtFirst();
  assert.equal(await statusOf(didOf(ALICE)), 404);
  writer.block(START + 10, key(ALICE, 1));
  assert.equal(await statusOf(didOf(ALICE)), 503);
  assert.equal(await statusOf(didOf(NOBODY)), 404);
  assert.equal(await statusOf(didOf(ALICE), "&versionId=1"), 404, "it was absent then");
  const later = `${new Date((START + 50) * 1_000).toISOString().slice(0, 19)}Z`;
  assert.equal(await statusOf(didOf(ALICE), `&versionTime=${later}`), 503);
});

test("a stale node does not say that a DID is absent, with its proof either", async () => {
  const { state, statusOf } = provenAtFirst();
  state.isStale = true;
  assert.equal(await statusOf(didOf(NOBODY)), 503);
});
