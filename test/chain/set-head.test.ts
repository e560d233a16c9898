import assert from "node:assert/strict";
import { test } from "node:test";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { statusesOf } from "./helpers/answers.ts";
import { grow } from "./helpers/branch.ts";
import { expectAsFresh } from "./helpers/compare.ts";
import type { Geth } from "./helpers/geth.ts";
import { undoneDownTo, untilFollowing, untilHead, untilState } from "./helpers/node.ts";
import { numberOf, sealTogether } from "./helpers/seal.ts";
import { stage, WINDOW } from "./helpers/stage.ts";
import { placeOf, signFor } from "./helpers/transactions.ts";

const [ALICE, BOB, NOBODY] = [2, 3, 9] as const;

test("setting the chain's head back undoes nothing; a new branch from there does, and so does the return of the old branch", async (t) => {
  const { pair, calls, options, node } = await stage(t, ARTIFACTS);
  const { a } = pair;
  const start = await numberOf(a);
  const sign = signFor(a);
  const first = await sign(ALICE, calls.setService(ALICE, "https://one.example"));
  const second = await sign(ALICE, calls.setService(ALICE, "https://two.example"));
  await sealTogether(a, first);
  await grow(a, { calls, sign, blocks: 1, from: 1 });
  await sealTogether(a, second);
  await expectAsFresh(node, options);
  const before = { digest: node.report().digest, content: node.contentHash() };
  // The other validator keeps the blocks that this one forgets.
  await pair.split();

  await setHead(a, start);
  const stale = await untilState(node, { kind: "stale", status: 200 });
  assert.deepEqual([stale.block, stale.refuse], [start + 3, false]);
  assert.deepEqual({ digest: node.report().digest, content: node.contentHash() }, before);
  // An unknown DID may have been written on the chain by now, so the node does not answer that it does not exist.
  assert.deepEqual(await statusesOf(node, ALICE, NOBODY), [200, 503]);

  const other = await signFor(a)(BOB, calls.setService(BOB, "https://other.example"));
  assert.equal(await sealTogether(a, other), start + 1);
  await untilFollowing(node, a);
  assert.deepEqual(undoneDownTo(node), [start]);
  assert.deepEqual(await statusesOf(node, ALICE, BOB, NOBODY), [404, 200, 404]);
  await expectAsFresh(node, options);

  // The same transaction is mined in another block.
  assert.equal(await placeOf(a, first), undefined);
  assert.equal(await sealTogether(a, first), start + 2);
  await untilFollowing(node, a);
  assert.deepEqual(await statusesOf(node, ALICE, BOB), [200, 200]);
  await expectAsFresh(node, options);

  await pair.join();
  await untilFollowing(node, a);
  assert.deepEqual(undoneDownTo(node), [start, start]);
  assert.deepEqual({ digest: node.report().digest, content: node.contentHash() }, before);
  assert.deepEqual(await statusesOf(node, ALICE, BOB), [200, 404]);
  await expectAsFresh(node, options);
});

test("a head set back by more than finality allows makes the node stale, until the chain has another block at a height that the node has indexed", async (t) => {
  const { pair, calls, options, node } = await stage(t, ARTIFACTS);
  const { a } = pair;
  await pair.split();
  const start = await numberOf(a);
  await grow(a, { calls, sign: signFor(a), blocks: WINDOW + 2, from: 0 });
  await expectAsFresh(node, options);
  const before = { digest: node.report().digest, content: node.contentHash() };

  await setHead(a, start);
  await untilState(node, { kind: "stale", status: 200 });
  // The chain is shorter than the node's index: its server may only lag behind.
  await grow(a, { calls, sign: signFor(a), blocks: 1, from: 100 });
  await untilHead(node, start + 1);
  assert.equal((await untilState(node, { kind: "stale", status: 200 })).block, start + WINDOW + 2);
  await grow(a, { calls, sign: signFor(a), blocks: 1, from: 200 });
  assert.equal((await untilState(node, { kind: "halted", status: 503 })).code, "REORG_TOO_DEEP");
  assert.deepEqual({ digest: node.report().digest, content: node.contentHash() }, before);
});

/** Sets a validator's chain back to a block. geth sends no notice about the removed logs. */
async function setHead(geth: Geth, block: number): Promise<void> {
  await geth.rpc("debug_setHead", `0x${block.toString(16)}`);
  assert.equal(await numberOf(geth), block);
}
