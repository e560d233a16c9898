import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { logState } from "../../../node/runtime/log-state.ts";
import { type NodeState, STATE_KINDS, unfitReason } from "../../../node/runtime/status.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { type Block, ChainSimulator } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";

/** A node on a chain that a test may break. */
async function nodeOn(chain: ChainSimulator, fault: { now?: Fault | undefined } = {}) {
  const readers = [faulty(chain, () => fault.now)];
  return SimulatedNode.start({
    network: chain.network({ kind: "depth", blocks: 3 }),
    readers,
    policy: { staleAfter: 60, refuseAfter: 600 },
  });
}

/** The changes since the last call: from, to, and whether the node answers then. */
function changesOf(node: SimulatedNode): string[] {
  return node.changes.splice(0).map(({ from, to }) => {
    assert.notEqual(to.reason, "");
    return `${from.kind} > ${to.kind}${unfitReason(to) === undefined ? "" : ", refusing"}`;
  });
}

test("a node goes through all five states, and tells of each change once, with its reason", async () => {
  const chain = new ChainSimulator();
  for (let blocks = 0; blocks < 400; blocks++) chain.mine();
  const fault: { now?: Fault | undefined } = { now: "down" };
  const node = await nodeOn(chain, fault);
  node.clock.seconds = chain.tip.time;
  assert.equal(node.progress.state().kind, "connecting");
  for (let tries = 0; tries < 3; tries++) await node.tick();
  assert.deepEqual(changesOf(node), []);

  fault.now = undefined;
  await node.settle();
  assert.deepEqual(changesOf(node), ["connecting > backfilling, refusing", "backfilling > following"]);
  for (let blocks = 0; blocks < 3; blocks++) {
    chain.mine();
    node.clock.seconds = chain.tip.time;
    await node.tick();
  }
  assert.deepEqual(changesOf(node), []);

  fault.now = "down";
  for (let tries = 0; tries < 3; tries++) await node.tick();
  assert.deepEqual(changesOf(node), ["following > stale"]);
  fault.now = undefined;
  await node.settle();
  assert.deepEqual(changesOf(node), ["stale > following"]);

  // A finalized block is replaced.
  chain.dropBlocks(5);
  for (let blocks = 0; blocks < 8; blocks++) chain.mine();
  for (let looks = 0; looks < 6; looks++) await node.tick();
  assert.deepEqual(changesOf(node), ["following > stale", "stale > halted, refusing"]);
  assert.equal((node.progress.state() as NodeState & { kind: "halted" }).code, "REORG_TOO_DEEP");
  await node.stop();
});

test("a node that missed a few blocks in an outage answers, marked, until it has read them", async () => {
  const chain = new ChainSimulator();
  for (let blocks = 0; blocks < 30; blocks++) chain.mine();
  const fault: { now?: Fault | undefined } = {};
  const node = await nodeOn(chain, fault);
  node.clock.seconds = chain.tip.time;
  await node.settle();
  changesOf(node);
  fault.now = "down";
  for (let blocks = 0; blocks < 20; blocks++) chain.mine();
  node.clock.seconds = chain.tip.time;
  await node.tick();
  fault.now = undefined;
  await node.settle();
  assert.deepEqual(changesOf(node), ["following > stale", "stale > following"]);
});

test("a chain that stands still makes a node stale, then refusing, with nobody asking", async () => {
  const chain = new ChainSimulator();
  const node = await nodeOn(chain);
  node.clock.seconds = chain.tip.time;
  await node.settle();
  changesOf(node);
  for (const [age, expected] of [
    [60, []],
    [61, ["following > stale"]],
    [600, []],
    [601, ["stale > stale, refusing"]],
    [700, []],
  ] as const) {
    node.clock.seconds = chain.tip.time + age;
    node.progress.look();
    assert.deepEqual(changesOf(node), expected, `after ${age} s`);
  }
  chain.mine();
  node.clock.seconds = chain.tip.time;
  await node.settle();
  assert.deepEqual(changesOf(node), ["stale > following"]);
  await node.stop();
});

test("a server that stands while most other nodes go on makes a node stale at once, or another server is asked", async () => {
  for (const servers of [1, 2]) {
    const chain = new ChainSimulator();
    const honest = faulty(chain, () => undefined);
    let stands: Block | undefined;
    const standing: ChainReader = {
      ...honest,
      header: async (block) => (block === "latest" && stands ? stands : honest.header(block)),
    };
    let reached: number | undefined;
    const node = await SimulatedNode.start({
      network: chain.network({ kind: "depth", blocks: 3 }),
      readers: [standing, honest].slice(0, servers),
      policy: { staleAfter: 60, refuseAfter: 600 },
      hints: { takeDifferingBlocks: () => [], reached: () => reached },
    });
    await node.tick();
    chain.mine();
    node.clock.seconds = chain.tip.time;
    await node.settle();
    const at = chain.tip.number;
    stands = chain.tip;
    for (let count = 0; count < 3; count++) chain.mine();
    node.clock.seconds += 4;
    await node.tick();
    reached = chain.tip.number - 1;
    await node.tick();
    assert.equal(node.progress.state().kind, "following", "a head that is new is not suspicious");
    node.clock.seconds += 1;
    for (let ticks = 0; ticks < 3; ticks++) await node.tick();
    const state = node.progress.state();
    if (servers === 2) assert.deepEqual([state.kind, node.index.asOf()?.number], ["following", at + 3]);
    else {
      assert.equal(state.kind, "stale");
      assert.match(state.reason, new RegExp(`stands at block ${at}.*goes on.*block ${reached}`));
      stands = undefined;
      await node.settle();
      assert.equal(node.index.asOf()?.number, at + 3);
    }
    await node.stop();
  }
});

test("while a server makes blocks, whatever others say that they have changes nothing", async () => {
  const chain = new ChainSimulator();
  const node = await SimulatedNode.start({
    network: chain.network({ kind: "depth", blocks: 3 }),
    readers: [chain],
    hints: { takeDifferingBlocks: () => [], reached: () => 1_000_000 },
  });
  await node.settle();
  for (let count = 0; count < 10; count++) {
    node.clock.seconds += 2;
    chain.mine();
    await node.tick();
    assert.equal(node.progress.state().kind, "following");
  }
  await node.stop();
});

test("a change is one log line: from, to, and what /ready shows; severe when an operator must act", () => {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const following: NodeState = { kind: "following", block: 7, reason: "all is here" };
  const halted: NodeState = { kind: "halted", code: "REORG_TOO_DEEP", reason: "ask the others" };
  const stale: NodeState = { kind: "stale", block: 7, reason: "no answer", refuse: false };
  const full: NodeState = { kind: "stale", block: 7, code: "STORE_FULL", reason: "free some space", refuse: false };
  logState(logger, following, stale);
  logState(logger, stale, following);
  logState(logger, following, halted);
  logState(logger, following, full);
  const msg = "state changed";
  assert.deepEqual(lines, [
    { level: 40, from: "following", to: "stale", block: 7, reason: "no answer", refuse: false, msg },
    { level: 30, from: "stale", to: "following", block: 7, reason: "all is here", msg },
    { level: 60, from: "following", to: "halted", code: "REORG_TOO_DEEP", reason: "ask the others", msg },
    {
      level: 60,
      from: "following",
      to: "stale",
      block: 7,
      code: "STORE_FULL",
      reason: "free some space",
      refuse: false,
      msg,
    },
  ]);
});

test("a node is fit to answer while it follows, or is stale and does not refuse", () => {
  const states: NodeState[] = [
    { kind: "connecting", reason: "r" },
    { kind: "backfilling", block: 1, head: 2, reason: "r" },
    { kind: "following", block: 1, reason: "r" },
    { kind: "stale", block: 1, reason: "r", refuse: false },
    { kind: "stale", block: 1, reason: "r", refuse: true },
    { kind: "halted", code: "C", reason: "r" },
  ];
  assert.deepEqual([...new Set(states.map(({ kind }) => kind))], [...STATE_KINDS]);
  assert.deepEqual(
    states.map((state) => unfitReason(state)),
    ["r", "r", undefined, undefined, "r", "r"],
  );
});
