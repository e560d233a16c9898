import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import { ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { FAULTS, type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { hashFromScratch, SimulatedNode } from "../../helpers/simulated-node.ts";

const finality = { kind: "depth", blocks: 12 } as const;
const set = (identity: number, value: number): SimulatedWrite => ({ do: "attribute", identity, value, validTo: 4e9 });
const WRONG_LOGS: readonly Fault[] = ["drop", "forge", "duplicate", "swap"];
const ALICE = simulatedIdentity(0);
const BOB = simulatedIdentity(1);

/** Two writes a block, so that the order of logs can be wrong. */
function chainOf(blocks: number): ChainSimulator {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) chain.mine(count % 10 === 0 ? [set(0, count), set(1, count)] : []);
  return chain;
}

for (const fault of WRONG_LOGS) {
  test(`following, logs with the fault "${fault}" are never committed nor served`, async () => {
    const chain = chainOf(30);
    const network = chain.network(finality);
    let now: Fault | undefined;
    const node = await SimulatedNode.start({ network, readers: [withoutReceipts(faulty(chain, () => now))] });
    await node.settle();
    const before = { asOf: node.index.asOf(), tip: node.store.tip, content: node.store.contentHash() };
    now = fault;
    chain.mine([set(0, 88), set(1, 88)]);
    for (let ticks = 0; ticks < 10; ticks++) {
      await node.tick();
      assert.equal(node.progress.state().kind, "stale");
      const after = { asOf: node.index.asOf(), tip: node.store.tip, content: node.store.contentHash() };
      assert.deepEqual(after, before);
    }
    now = undefined;
    await node.settle();
    assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  });

  test(`on another branch, logs with the fault "${fault}" are never committed nor served`, async () => {
    const chain = chainOf(30);
    const network = chain.network(finality);
    let now: Fault | undefined;
    const node = await SimulatedNode.start({ network, readers: [withoutReceipts(faulty(chain, () => now))] });
    chain.mine([set(0, 1)]);
    await node.settle();
    now = fault;
    chain.dropBlocks(3);
    const fork = chain.tip;
    chain.mine([set(0, 88), set(1, 88)]);
    for (let count = 0; count < 5; count++) chain.mine();
    await node.tick();
    await node.tick();
    assert.equal(node.index.asOf()?.hash, fork.hash);
    assert.equal(node.progress.state().kind, "stale");
    now = undefined;
    await node.settle();
    assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  });

  test(`many blocks with the fault "${fault}" are served only once they were read right`, async () => {
    const chain = chainOf(3_000);
    const network = chain.network(finality);
    let now: Fault | undefined = fault;
    const node = await SimulatedNode.start({ network, readers: [faulty(chain, () => now)] });
    await node.tick();
    assert.equal(node.index.asOf(), undefined);
    assert.equal(node.index.state("did", ALICE), undefined);
    now = undefined;
    await node.settle();
    assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  });
}

test("when a range lacks only the newest event of an identity, the roots at its end do not match", async () => {
  const chain = new ChainSimulator();
  chain.mine([set(0, 1)]);
  chain.mine([set(1, 1)]);
  for (let count = 0; count < 600; count++) chain.mine();
  let honest = false;
  const reader = withLogs(chain, (logs) => (honest ? logs : logs.slice(0, 1)));
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [reader] });
  await node.tick();
  const state = node.progress.state();
  assert.equal(state.kind, "connecting");
  assert.match(state.kind === "connecting" ? state.reason : "", /fold to root 0x.*but the DID registry holds 0x/);
  honest = true;
  await node.settle();
  assert.equal(node.index.state("did", BOB)?.events, 1);
});

test("after a server returned impossible data, another one is asked next", async () => {
  const chain = chainOf(30);
  const network = chain.network(finality);
  let now: Fault | undefined;
  const node = await SimulatedNode.start({ network, readers: [faulty(chain, () => now), chain] });
  await node.settle();
  now = "forge";
  chain.mine([set(0, 88)]);
  await node.settle();
  assert.equal(node.index.state("did", ALICE)?.updated.block, chain.tip.number);
});

test("a log of another branch within a range is refused", async () => {
  const chain = chainOf(600);
  const reader = withLogs(chain, (logs) => logs.map((log) => ({ ...log, blockHash: `0x${"77".repeat(32)}` as const })));
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [reader] });
  const state = node.progress.state();
  assert.match(state.kind === "connecting" ? state.reason : "", /A log says that block 2 is 0x7777/);
});

test("a slot that the server reads as zero is no root", async () => {
  const chain = new ChainSimulator();
  for (let count = 0; count < 5; count++) chain.mine();
  const reader: ChainReader = {
    ...faulty(chain, () => undefined),
    storage: async (slots) => slots.map(() => ZERO_HASH),
    logsAndStorage: async (_addresses, slots) => ({ logs: [], values: slots.map(() => ZERO_HASH) }),
  };
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [reader] });
  await node.tick();
  assert.equal(node.index.asOf(), undefined);
});

test("after any fault during the start of an empty node, its content is correct once the fault is over", async () => {
  for (const blocks of [20, 400]) {
    for (const fault of FAULTS) {
      const chain = chainOf(blocks);
      const network = chain.network(finality);
      let now: Fault | undefined = fault;
      const node = await SimulatedNode.start({ network, readers: [faulty(chain, () => now)] });
      await node.tick();
      now = undefined;
      await node.settle();
      assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network), fault);
    }
  }
});

/** A server that keeps no receipts. */
function withoutReceipts(reader: ChainReader): ChainReader {
  return {
    ...reader,
    receiptLogs: async () => {
      throw new UnavailableError("no receipts are kept");
    },
  };
}

/** A chain whose server alters the answers about ranges. */
function withLogs(
  chain: ChainSimulator,
  alter: (logs: Awaited<ReturnType<ChainReader["logs"]>>, from: number) => Awaited<ReturnType<ChainReader["logs"]>>,
): ChainReader {
  return {
    ...faulty(chain, () => undefined),
    logs: async (filter) => alter(await chain.logs(filter), "fromBlock" in filter ? filter.fromBlock : 0),
  };
}
