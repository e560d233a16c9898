import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { ARTIFACTS } from "../../cli/deploy/artifacts.ts";
import { statusesOf } from "./helpers/answers.ts";
import { restart, seal, startConsortium, untilCalm } from "./helpers/consortium.ts";
import { deploy } from "./helpers/deploy.ts";
import { endsOf, temporaryFolder } from "./helpers/ends.ts";
import { type Follower, follow, untilState } from "./helpers/node.ts";
import { numberOf } from "./helpers/seal.ts";
import { mined, placeOf, send, signFor } from "./helpers/transactions.ts";
import { until } from "./helpers/until.ts";

const [ALICE, BOB, CAROL] = [2, 3, 4] as const;

/** Seconds without a block after which answers are marked, and refused: by the first node never. */
const STALE_AFTER = "5";
const REFUSE_AFTER = [undefined, "9", "9", "9"];

test("four nodes on four validators agree; with one lost they go on, with two the chain stands still, and back again all agree", async (t) => {
  const atEnd = endsOf(t);
  const folder = await temporaryFolder(atEnd);
  const [first, second, third, fourth] = await startConsortium(folder, atEnd);
  // Of three that seal only one may seal the next block: no branches, so that what was deployed stays.
  await seal(first, second, third);
  const { network, calls } = await deploy(first, { artifacts: ARTIFACTS, folder, depth: 12 });
  await seal(fourth);
  const nodes: Follower[] = [];
  for (const [number, geth] of [first, second, third, fourth].entries()) {
    const own = join(folder, `mapae-${number}`);
    await mkdir(own);
    const policy = { staleAfter: STALE_AFTER, refuseAfter: REFUSE_AFTER[number] };
    const node = await follow({ folder: own, network, geth, peers: nodes.map(({ url }) => url), ...policy });
    atEnd(node.stop);
    nodes.push(node);
  }
  const [one, two, three, four] = nodes as unknown as readonly [Follower, Follower, Follower, Follower];
  const setService = (account: number) => calls.setService(account, `https://${account}.example`);

  await mined(second, await signFor(second)(ALICE, setService(ALICE)));
  await untilServed(nodes, ALICE);
  await untilAgreed(nodes);
  await untilCalm(first);

  await fourth.kill();
  const lost = await numberOf(first);
  // Each seals at most one block of three: it takes all that are left.
  await until("three validators go on", async () => (await numberOf(first)) >= lost + 4);
  await mined(third, await signFor(third)(BOB, setService(BOB)));
  await untilServed([one, two, three], BOB);
  await untilAgreed([one, two, three]);
  await untilState(four, { kind: "stale", status: 503, reason: /Could not ask the chain/ });
  assert.deepEqual(await statusesOf(four, ALICE, BOB), [503, 503]);

  await third.kill();
  const stalled = await numberOf(first);
  await untilState(one, { kind: "stale", status: 200, reason: /makes no blocks/ });
  await untilState(two, { kind: "stale", status: 503, reason: /makes no blocks/ });
  // One block of each that is left, and one that was under way.
  assert((await numberOf(first)) <= stalled + 3);
  const waiting = await signFor(first)(CAROL, setService(CAROL));
  await send(first, waiting);
  assert.deepEqual(await statusesOf(one, ALICE, BOB, CAROL), [200, 200, 503]);
  assert.deepEqual(await statusesOf(two, ALICE, BOB, CAROL), [503, 503, 503]);
  assert.equal(await placeOf(first, waiting), undefined);

  const back = performance.now();
  const thirdAgain = await restart(third, [first, second], atEnd);
  await restart(fourth, [first, second], atEnd);
  await untilServed(nodes, CAROL);
  t.diagnostic(
    `a write of the stall is served by all four ${Math.round(performance.now() - back)} ms after the restart`,
  );
  for (const account of [ALICE, BOB]) await untilServed(nodes, account);
  const place = await until("the write is on the chain", () => placeOf(thirdAgain, waiting));
  assert(place.succeeded);
  await untilAgreed(nodes);
  // As each says itself of those that it was told of.
  await until(
    "the fourth node finds that it agrees with the three others",
    () => four.report().peers.every((peer) => peer.comparedAt !== null && peer.difference === null && !peer.trouble),
    () => four.report().peers,
  );
  assert.equal(four.report().peers.length, 3);
});

/** Waits until nodes answer for an account's DID. */
async function untilServed(nodes: readonly Follower[], account: number): Promise<void> {
  for (const node of nodes) {
    await until(`a node serves account ${account}`, async () => (await statusesOf(node, account))[0] === 200);
  }
}

/** Waits until nodes serve the same block with the same roots, and hold the same. */
async function untilAgreed(nodes: readonly Follower[]): Promise<void> {
  const reports = () => nodes.map((node) => node.report());
  await until("nodes serve the same", () => allEqual(reports().map(({ digest }) => digest)), reports);
  let contents: readonly unknown[] = [];
  await until(
    "nodes hold the same",
    async () => {
      contents = await Promise.all(nodes.map(async (node) => (await node.contentHash())?.hash));
      return allEqual(contents);
    },
    () => contents,
  );
}

function allEqual(values: readonly unknown[]): boolean {
  return values.every((value) => value !== null && value !== undefined && isDeepStrictEqual(value, values[0]));
}
