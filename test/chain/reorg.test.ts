import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { statusesOf } from "./helpers/answers.ts";
import { grow } from "./helpers/branch.ts";
import { expectAsFresh } from "./helpers/compare.ts";
import { type Follower, follow, undoneDownTo, untilFollowing, untilState } from "./helpers/node.ts";
import { numberOf, sealBlock, sealTogether } from "./helpers/seal.ts";
import { stage, WINDOW } from "./helpers/stage.ts";
import { placeOf, signFor } from "./helpers/transactions.ts";

const [ALICE, BOB, CAROL] = [2, 3, 4] as const;

/** Makes two branches of one chain: that of `a`, which the node follows, with `depth` blocks, and that of `b` with two more. */
async function branches(t: TestContext, depth: number) {
  const staged = await stage(t, ARTIFACTS);
  const { pair, calls } = staged;
  const { a, b } = pair;
  await pair.split();
  const fork = await numberOf(a);
  const [signA, signB] = [signFor(a), signFor(b)];

  const moved = await signA(ALICE, calls.setService(ALICE, "https://moved.example"));
  const vanishing = await signA(BOB, calls.setService(BOB, "https://vanishes.example"));
  const replaced = await signA(CAROL, calls.setService(CAROL, "https://gives-way.example"));
  const replacing = await signB(CAROL, calls.setService(CAROL, "https://stays.example"));

  assert.equal(await sealTogether(a, moved, vanishing, replaced), fork + 1);
  const lost = await grow(a, { calls, sign: signA, blocks: depth - 1, from: 0 });
  await grow(b, { calls, sign: signB, blocks: depth + 1, from: 100 });
  assert.equal(await sealTogether(b, moved, replacing), fork + depth + 2);
  await untilFollowing(staged.node, a);
  return { ...staged, fork, moved, vanishing, replaced: [replaced, ...lost] };
}

for (const depth of [2, 5, 8, WINDOW]) {
  test(`after a reorganisation of ${depth} blocks, in which transactions vanish, move to other blocks or are replaced, the node answers as a new one`, async (t) => {
    const { pair, options, node, fork, moved, vanishing, replaced } = await branches(t, depth);
    const { a } = pair;
    await expectAsFresh(node, options);
    assert.deepEqual(await statusesOf(node, ALICE, BOB, CAROL), [200, 200, 200]);
    assert.equal((await placeOf(a, moved))?.block, fork + 1);

    const joining = performance.now();
    await pair.join();
    await untilFollowing(node, a);
    t.diagnostic(`${depth} blocks undone and followed anew within ${Math.round(performance.now() - joining)} ms`);

    assert.deepEqual(undoneDownTo(node), [fork]);
    assert.equal((await placeOf(a, moved))?.block, fork + depth + 2);
    for (const gone of [vanishing, ...replaced]) assert.equal(await placeOf(a, gone), undefined);
    assert.deepEqual(await statusesOf(node, ALICE, BOB, CAROL), [200, 404, 200]);
    await expectAsFresh(node, options);

    // geth kept the vanished transaction and mines it in a later block. The replaced ones are invalid, because their nonces
    // were used.
    assert.equal(await sealBlock(a, vanishing), fork + depth + 3);
    await untilFollowing(node, a);
    assert.deepEqual(await statusesOf(node, ALICE, BOB, CAROL), [200, 200, 200]);
    await expectAsFresh(node, options);
  });
}

test("a reorganisation by one block more than finality allows halts the node, with its store unchanged, until an operator removes the store", async (t) => {
  const { atEnd, pair, options, node } = await branches(t, WINDOW + 1);
  const { a } = pair;
  await expectAsFresh(node, options);
  const before = { digest: node.report().digest, content: node.contentHash() };
  const untouched = async (halted: Follower) => {
    const { code } = await untilState(halted, { kind: "halted", status: 503 });
    assert.equal(code, "REORG_TOO_DEEP");
    assert.deepEqual({ digest: halted.report().digest, content: halted.contentHash() }, before);
    assert.deepEqual(await statusesOf(halted, ALICE, BOB, CAROL), [503, 503, 503]);
    await halted.stop();
  };

  await pair.join();
  await untouched(node);
  assert.deepEqual(undoneDownTo(node), []);
  const again = await follow(options);
  atEnd(again.stop);
  await untouched(again);

  await rm(join(options.folder, "index"), { recursive: true });
  const anew = await follow(options);
  atEnd(anew.stop);
  await untilFollowing(anew, a);
  assert.deepEqual(await statusesOf(anew, ALICE, BOB, CAROL), [200, 404, 200]);
  await expectAsFresh(anew, options);
});
