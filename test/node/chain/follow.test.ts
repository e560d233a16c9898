import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { RpcError } from "../../../resolver/chain/rpc/rpc.ts";
import { all } from "../../helpers/all.ts";
import { ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";
import { ALICE, BOB, DEPTH, finality, following, set, switching, untilHalted } from "./following.ts";

for (let depth = 1; depth <= DEPTH; depth++) {
  for (const kind of ["events", "empty blocks"] as const) {
    test(`a reorganisation of ${depth} blocks with ${kind} is undone`, async () => {
      const { chain, network, node } = await following();
      for (let count = 0; count < depth; count++) chain.mine(kind === "events" ? [set(1, count), set(0, count)] : []);
      await node.settle();
      const left = node.index.asOf();
      chain.dropBlocks(depth);
      chain.mine([set(0, 99)]);
      chain.mine();
      await node.settle();
      assert.notEqual(node.index.asOf()?.hash, left?.hash);
      assert.equal(node.index.asOf()?.hash, chain.tip.hash);
      assert.equal(node.index.state("did", BOB), undefined);
      assert.equal(node.index.state("did", ALICE)?.events, 21);
      assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
    });
  }
}

test("a reorganisation tells each identity whose state it took back", async () => {
  const { chain, node } = await following();
  chain.mine([set(1)]);
  chain.mine([set(2)]);
  await node.settle();
  const changed: string[] = [];
  node.index.onChange((subjects) => changed.push(...subjects.map(({ id }) => id)));
  chain.dropBlocks(2);
  chain.mine();
  chain.mine();
  chain.mine();
  await node.settle();
  assert.deepEqual(changed.sort(), [BOB, simulatedIdentity(2)]);
});

test("a reorganisation that is known only after a restart is undone", async () => {
  const { chain, network, database, readers, node } = await following();
  chain.mine([set(1)]);
  chain.mine();
  await node.settle();
  await node.stop({ crash: true });
  chain.dropBlocks(2);
  chain.mine([set(0, 50)]);
  const again = await SimulatedNode.start({ network, readers, database });
  await again.settle();
  assert.equal(again.index.state("did", BOB), undefined);
  assert.equal(again.store.contentHash()?.hash, await hashFromScratch(chain, network));
});

test("a reorganisation deeper than the undo window halts, and leaves the store as it was", async () => {
  const { chain, database, network, node, readers } = await following();
  await node.settle();
  const before = { content: node.store.contentHash(), asOf: node.index.asOf(), tip: node.store.tip };
  chain.dropBlocks(DEPTH + 1);
  for (let count = 0; count < 20; count++) chain.mine([set(1)]);
  await node.tick();
  assert.equal(node.progress.state().kind, "stale", "one look may be a lie");
  await untilHalted(node);
  const state = node.progress.state();
  assert.equal(state.kind, "halted");
  assert.equal(state.kind === "halted" && state.code, "REORG_TOO_DEEP");
  assert.deepEqual({ content: node.store.contentHash(), asOf: node.index.asOf(), tip: node.store.tip }, before);
  // A restart does not change that.
  await node.stop();
  const again = await SimulatedNode.start({ network, readers, database });
  await untilHalted(again);
});

test("any reorganisation halts where finality is instant", async () => {
  const chain = new ChainSimulator();
  chain.mine([set(0)]);
  chain.mine();
  const node = await SimulatedNode.start({ network: chain.network({ kind: "instant" }), readers: [chain] });
  await node.settle();
  assert.equal(node.index.asOf()?.finalizedBlock, chain.tip.number);
  chain.dropBlocks(1);
  chain.mine();
  await untilHalted(node);
  const state = node.progress.state();
  assert.equal(state.kind === "halted" && state.code, "REORG_TOO_DEEP");
});

for (const behind of [1, DEPTH, DEPTH + 1, 25]) {
  test(`a tip that is ${behind} blocks lower than ours undoes nothing, and makes answers stale`, async () => {
    const { chain, node } = await following();
    await node.settle();
    const before = { asOf: node.index.asOf(), content: node.store.contentHash() };
    chain.lag = behind;
    await node.tick();
    assert.equal(node.progress.state().kind, "stale");
    assert.deepEqual({ asOf: node.index.asOf(), content: node.store.contentHash() }, before);
    chain.lag = 0;
    chain.mine([set(1)]);
    await node.settle();
    assert.equal(node.index.state("did", BOB)?.events, 1);
  });
}

test("a lower tip with another hash where we hold a block is a reorganisation", async () => {
  const { chain, node } = await following();
  chain.mine([set(1)]);
  await node.settle();
  chain.dropBlocks(5);
  chain.mine();
  await node.settle();
  assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  assert.equal(node.index.state("did", BOB), undefined);
});

test("a chain that ends before the registries begin is waited for", async () => {
  const chain = new ChainSimulator();
  const plain = chain.network(finality);
  const [deployment] = plain.deployments;
  assert(deployment);
  const network = { ...plain, deployments: [{ ...deployment, fromBlock: 5 }] };
  const node = await SimulatedNode.start({ network, readers: [chain] });
  await node.tick();
  assert.deepEqual(node.progress.state(), {
    kind: "connecting",
    reason: "the chain is at block 1, the registries begin at block 5",
  });
  for (let count = 0; count < 5; count++) chain.mine();
  chain.mine([set(0)]);
  await node.settle();
  assert.equal(node.index.state("did", ALICE)?.events, 1);
});

test("many blocks are read by ranges; a range that is refused is halved until it is not", async () => {
  const sizes: number[] = [];
  const chain = new ChainSimulator();
  for (let count = 0; count < 3_000; count++) chain.mine(count % 100 === 0 ? [set(count % 7)] : []);
  const reader = switching(() => chain);
  const limited: ChainReader = {
    ...reader,
    logs: async (filter) => {
      assert("fromBlock" in filter);
      const size = filter.toBlock - filter.fromBlock + 1;
      sizes.push(size);
      if (size > 300)
        throw new RpcError("eth_getLogs", { code: -32_005, message: "Requested range exceeds the limit" });
      return chain.logs(filter);
    },
  };
  const network = chain.network(finality);
  const node = await SimulatedNode.start({ network, readers: [limited] });
  await node.settle();
  assert.deepEqual(sizes.slice(0, 4), [128, 256, 512, 256]);
  assert.deepEqual(node.index.roots(), chain.roots);
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
});

test("while a node that was away reads many blocks, it serves the block that it had, and says that it is not fit", async () => {
  const { chain, network, database, node } = await following();
  await node.settle();
  const { hash } = chain.tip;
  await node.stop();
  for (let count = 0; count < 3_000; count++) chain.mine(count === 10 ? [set(1), set(0)] : []);
  let fault: Fault | undefined;
  const reader = faulty(chain, () => fault);
  const cut: ChainReader = {
    ...reader,
    async storage(slots, blockHash) {
      fault = "down";
      return reader.storage(slots, blockHash);
    },
  };
  const again = await SimulatedNode.start({ network, database, readers: [cut] });
  assert.equal(again.index.asOf()?.hash, hash);
  assert.equal(again.index.state("did", ALICE)?.events, 20);
  assert.equal(again.index.state("did", BOB), undefined);
  assert((again.store.tip?.number ?? 0) > 1_000);
  assert.equal(again.progress.state().kind, "stale");
  // After a crash at this point nothing was compared with the chain, so nothing is served.
  await again.stop({ crash: true });
  const after = await SimulatedNode.start({ network, database, readers: [faulty(chain, () => "down")] });
  assert.equal(after.index.asOf(), undefined);
  await after.stop();
  const last = await SimulatedNode.start({ network, database, readers: [chain] });
  await last.settle();
  assert.equal(last.index.state("did", BOB)?.events, 1);
});

test("an answer under way holds as of the block at which it began, whatever is committed meanwhile", async () => {
  const { chain, node } = await following();
  await node.settle();
  const events = all(node.index.events("did", ALICE));
  chain.mine([set(0, 77)]);
  await node.settle();
  assert.equal((await events).length, 20);
  assert.equal((await all(node.index.events("did", ALICE))).length, 21);
});
