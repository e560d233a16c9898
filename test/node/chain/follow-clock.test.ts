import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { faulty } from "../../helpers/faulty-reader.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { finality, following, set } from "./following.ts";

test("a block more than a minute ahead of the clock is never served; a server that shows none such is asked instead", async () => {
  const { chain, network, node } = await following();
  await node.settle();
  const before = node.index.asOf();
  chain.mine([set(1)]);
  node.clock.seconds = chain.tip.time - 61;
  for (let ticks = 0; ticks < 5; ticks++) {
    await node.tick();
    assert.deepEqual(node.index.asOf(), before);
    const { kind, reason } = node.progress.state();
    assert.equal(kind, "stale");
    assert.match(reason, /is 61 s ahead of this machine's clock/);
  }
  node.clock.seconds = chain.tip.time - 60;
  await node.settle();
  assert.equal(node.index.asOf()?.hash, chain.tip.hash);

  const later: ChainReader = {
    ...faulty(chain, () => undefined),
    header: async (block) => {
      const header = await chain.header(block);
      return header && block === "latest" ? { ...header, time: header.time + 400 * 86_400 } : header;
    },
  };
  const two = await SimulatedNode.start({ network, readers: [later, chain] });
  two.clock.seconds = chain.tip.time;
  await two.settle();
  assert.equal(two.index.asOf()?.time, chain.tip.time);
});

test("when the clock is ahead and the chain makes blocks, the state names the clock and not the chain", async () => {
  const chain = new ChainSimulator();
  const policy = { staleAfter: 60, refuseAfter: null };
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [chain], policy });
  node.clock.seconds = chain.tip.time;
  await node.settle();
  node.clock.seconds += 3_600;
  await node.tick();
  assert.match(node.progress.state().reason, /the chain makes no blocks/);
  chain.mine();
  await node.tick();
  assert.equal(node.progress.state().kind, "stale");
  assert.match(node.progress.state().reason, /this machine's clock is ahead/);
  assert((node.progress.clockOffset ?? 0) < -3_500);
});

test("a chain that stands still is stale after some time, and refused after more", async () => {
  const chain = new ChainSimulator();
  const policy = { staleAfter: 60, refuseAfter: 600 };
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [chain], policy });
  node.clock.seconds = chain.tip.time;
  await node.settle();
  const states = [60, 61, 600, 601].map((age) => {
    node.clock.seconds = chain.tip.time + age;
    const state = node.progress.state();
    return state.kind === "stale" ? `stale${state.refuse ? ", refused" : ""}` : state.kind;
  });
  assert.deepEqual(states, ["following", "stale", "stale", "stale, refused"]);
});
