import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failure } from "../../../node/chain/servers/failure.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { ALICE, BOB, finality, hasUpTo, recording, set } from "./following.ts";

const policy = { staleAfter: 60, refuseAfter: 600 };

/** A node behind two servers of one chain, the first of which has the blocks up to `head`, the second all, unless it is given. */
async function twoServers({ seconds, second }: { seconds: number; second?: ChainSimulator }) {
  const chain = new ChainSimulator({ seconds });
  for (let count = 0; count < 20; count++) {
    chain.mine([set(0, count)]);
    second?.mine([set(0, count)]);
  }
  const asked: string[][] = [[], []];
  const failures: Failure[] = [];
  const state = { head: () => chain.tip.number };
  const readers = [hasUpTo(chain, () => state.head()), hasUpTo(second ?? chain)];
  const node = await SimulatedNode.start({
    network: chain.network(finality),
    readers: readers.map((reader, at) => recording(reader, asked[at] as string[])),
    policy,
    agreement: 2,
    onFailure: (failure) => failures.push(failure),
  });
  node.clock.seconds = chain.tip.time;
  await node.settle();
  return Object.assign(state, {
    chain,
    node,
    failures,
    /** Time passes, and the node looks at the chain often enough to follow it. */
    async pass(seconds: number) {
      for (let passed = 0; passed <= seconds; passed++) {
        if (passed > 0) node.clock.pass(1);
        for (let ticks = 0; ticks < 3; ticks++) await node.tick();
        const { kind, reason } = node.progress.state();
        assert(kind === "following" || kind === "stale", reason);
      }
    },
    /** A block is mined when its time has come, and looked for. */
    async mine() {
      await this.pass(seconds);
      chain.mine([set(0, chain.tip.number)]);
      await this.pass(0);
    },
    served: () => node.index.asOf()?.number,
    /** The requests to each server since the last call. */
    asked: () => asked.map((methods) => methods.splice(0)),
  });
}

test("a preferred server that stands is left before answers are stale, and gone back to once it has caught up", async () => {
  const state = await twoServers({ seconds: 5 });
  const { node, chain, failures } = state;
  const stands = chain.tip.number;
  state.head = () => stands;
  for (let count = 0; count < 100; count++) {
    await state.mine();
    assert.equal(node.progress.state().kind, "following");
    if (count >= 8) assert.equal(state.served(), chain.tip.number);
  }
  assert.deepEqual(
    [...new Set(failures.map(({ url, kind, pause }) => `${url} ${kind} ${pause}`))],
    ["0 lag undefined"],
  );
  assert.match(failures[0]?.reason ?? "", /newest block is 21, 3\d s old, and server 1 has had the next one/);
  state.head = () => chain.tip.number;
  await state.pass(11);
  failures.length = 0;
  state.asked();
  await state.mine();
  const [first, second] = state.asked();
  assert.equal(state.served(), chain.tip.number);
  assert(first?.includes("logsAndStorage") && !second?.includes("logsAndStorage"), "the preferred one is asked again");
  assert.deepEqual(failures, []);
});

test("a server that is always behind is followed at that distance below 30 s, and left beyond it for good", async () => {
  for (const [seconds, lag, isLeft] of [
    [2, 3, false],
    [5, 5, false],
    [15, 3, true],
    [5, 7, true],
  ] as const) {
    const state = await twoServers({ seconds });
    const { node, chain, failures } = state;
    const from = chain.tip.number;
    state.head = () => Math.max(from, chain.tip.number - lag);
    for (let count = 0; count < 20; count++) await state.mine();
    failures.length = 0;
    state.asked();
    for (let count = 0; count < 40; count++) {
      await state.mine();
      assert.equal(state.served(), chain.tip.number - (isLeft ? 0 : lag), `${lag} blocks of ${seconds} s`);
      assert.equal(node.progress.state().kind, "following");
    }
    const [first, second] = state.asked();
    assert.equal(first?.filter((method) => method === "logsAndStorage").length, isLeft ? 0 : 40);
    assert.equal(second?.filter((method) => method === "logsAndStorage").length, isLeft ? 40 : 0);
    assert.deepEqual([...new Set(failures.map(({ kind }) => kind))], isLeft ? ["lag"] : []);
  }
});

test("a server that syncs, and shows old blocks meanwhile, is left at once, and gone back to when it is done", async () => {
  const state = await twoServers({ seconds: 5 });
  const { node, chain } = state;
  await node.stop();
  let synced = () => 2;
  const asked: string[] = [];
  const fresh = await SimulatedNode.start({
    network: chain.network(finality),
    readers: [
      recording(
        hasUpTo(chain, () => synced()),
        asked,
      ),
      hasUpTo(chain),
    ],
    policy,
  });
  fresh.clock.seconds = chain.tip.time;
  for (let ticks = 0; ticks < 5; ticks++) await fresh.tick();
  assert.equal(fresh.index.asOf()?.number, chain.tip.number);
  synced = () => chain.tip.number;
  for (let seconds = 0; seconds < 6; seconds++) {
    fresh.clock.pass(1);
    await fresh.tick();
  }
  asked.length = 0;
  chain.mine();
  await fresh.settle();
  assert(asked.includes("logsAndStorage"));
});

test("while the chain itself stands no server lags, and the second one is asked for one block in five seconds", async () => {
  const state = await twoServers({ seconds: 5 });
  state.asked();
  await state.pass(29);
  assert.deepEqual(state.asked()[1], [], "nobody needs it while the newest block is young");
  await state.pass(100);
  const looks = state.asked()[1] ?? [];
  assert(looks.length <= 21 && looks.every((method) => method === "header"), String(looks));
  assert.deepEqual(state.failures, []);
  await state.mine();
  assert.equal(state.served(), state.chain.tip.number);
});

test("a server that makes up later blocks is not followed as long as an honest one shows young blocks", async () => {
  const second = new ChainSimulator({ seconds: 12 });
  const state = await twoServers({ seconds: 12, second });
  // It has the honest server's blocks and more, all with times in the past.
  for (let count = 0; count < 50; count++) {
    await state.mine();
    second.mine();
    assert.equal(state.node.index.asOf()?.hash, state.chain.tip.hash);
  }
  assert.deepEqual(state.failures, []);
});

test("what a server makes up while an honest one stands is undone once that goes on, and the node stays with the honest one", async () => {
  const second = new ChainSimulator({ seconds: 5 });
  const state = await twoServers({ seconds: 5, second });
  const { node, chain } = state;
  for (let count = 0; count < 8; count++) {
    await state.pass(5);
    second.mine([set(1)]);
    await state.pass(0);
  }
  assert.equal(node.index.state("did", BOB)?.updated.block, second.tip.number);
  while (chain.tip.time + 5 <= node.clock.seconds) chain.mine();
  for (let count = 0; count < 20; count++) {
    await state.mine();
    for (let more = 0; more < 3; more++) second.mine([set(1)]);
  }
  assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  assert.equal(node.index.state("did", BOB), undefined);
  assert.equal(node.index.state("did", ALICE)?.updated.block, chain.tip.number);
});

test("a server whose later blocks do not hold is refused, and the node serves what the one that stands has", async () => {
  const second = new ChainSimulator({ seconds: 5 });
  const state = await twoServers({ seconds: 5, second });
  const { node, chain, failures } = state;
  // The logs of its blocks do not fold to its roots.
  for (let count = 0; count < 20; count++) {
    await state.pass(5);
    const { logs } = second.mine([set(1)]);
    Object.assign(second.tip, { logs: logs.map((log) => ({ ...log, data: `${log.data.slice(0, -2)}77` })) });
    assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  }
  assert(failures.some(({ url, kind }) => url === 1 && kind !== "lag"));
  while (chain.tip.time + 5 < node.clock.seconds) chain.mine();
  for (let count = 0; count < 5; count++) await state.mine();
  assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  assert.equal(node.index.state("did", BOB), undefined);
});
