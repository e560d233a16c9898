import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { RpcError } from "../../../resolver/chain/rpc/rpc.ts";
import { all } from "../../helpers/all.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../helpers/faulty-reader.ts";
import { hashFromScratch, memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

const DEPTH = 12;
const finality = { kind: "depth", blocks: DEPTH } as const;
const set = (identity: number, value = 1): SimulatedWrite => ({ do: "attribute", identity, value, validTo: 4e9 });
const ALICE = simulatedIdentity(0);
const BOB = simulatedIdentity(1);

/** A node that follows a simulated chain of some blocks, the first 20 of which have events. */
async function following({
  blocks = 30,
  reader,
}: {
  blocks?: number;
  reader?: (chain: ChainSimulator) => ChainReader;
} = {}) {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) chain.mine(count < 20 ? [set(0, count)] : []);
  const network = chain.network(finality);
  const database = await memoryDatabase();
  const readers = [reader?.(chain) ?? chain];
  const node = await SimulatedNode.start({ network, readers, database });
  return { chain, network, database, readers, node };
}

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
      assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(chain, network));
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
  assert.equal((await again.store.contentHash())?.hash, await hashFromScratch(chain, network));
});

test("a reorganisation deeper than the undo window halts, and leaves the store as it was", async () => {
  const { chain, database, network, node, readers } = await following();
  await node.settle();
  const before = { content: await node.store.contentHash(), asOf: node.index.asOf(), tip: node.store.tip };
  chain.dropBlocks(DEPTH + 1);
  for (let count = 0; count < 20; count++) chain.mine([set(1)]);
  await node.tick();
  assert.equal(node.progress.state().kind, "stale", "one look may be a lie");
  await untilHalted(node);
  const state = node.progress.state();
  assert.equal(state.kind, "halted");
  assert.equal(state.kind === "halted" && state.code, "REORG_TOO_DEEP");
  assert.deepEqual({ content: await node.store.contentHash(), asOf: node.index.asOf(), tip: node.store.tip }, before);
  // It does not get over it by being restarted.
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
    const before = { asOf: node.index.asOf(), content: await node.store.contentHash() };
    chain.lag = behind;
    await node.tick();
    assert.equal(node.progress.state().kind, "stale");
    assert.deepEqual({ asOf: node.index.asOf(), content: await node.store.contentHash() }, before);
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

test("another chain behind the same URL makes answers stale at the next look, and halts the node after some more", async () => {
  for (const blocks of [5, 30, 31, 60, 400]) {
    const other = new ChainSimulator({ salt: 2 });
    for (let count = 0; count < blocks; count++) other.mine([set(1)]);
    let swapped = false;
    const { node } = await following({ reader: (chain) => switching(() => (swapped ? other : chain)) });
    await node.settle();
    swapped = true;
    await node.tick();
    assert.equal(node.progress.state().kind, "stale");
    await untilHalted(node);
    const state = node.progress.state();
    assert.equal(state.kind === "halted" && state.code, "NETWORK_MISMATCH", JSON.stringify(state));
    assert.equal(node.index.state("did", BOB), undefined);
  }
});

test("a chain without the registry's code is not there yet: it is looked at again, no log is read, and followed later", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  const asked: string[] = [];
  const reader: ChainReader = recording(
    switching(() => chain),
    asked,
    { code: async (address) => (isSynced ? chain.code(address) : "0x") },
  );
  let isSynced = false;
  const node = await SimulatedNode.start({ network, readers: [reader] });
  for (let ticks = 0; ticks < 20; ticks++) {
    await node.tick();
    assert.equal(node.progress.state().kind, "connecting");
  }
  assert(!asked.some((method) => method.startsWith("logs")), String(asked));
  isSynced = true;
  await node.settle();
});

test("chain, genesis and code are compared again after the chain could not be asked", async () => {
  let fault: Fault | undefined;
  const asked: string[] = [];
  const { node } = await following({
    reader: (chain) =>
      recording(
        faulty(chain, () => fault),
        asked,
      ),
  });
  await node.settle();
  asked.length = 0;
  await node.tick();
  assert.deepEqual(asked, ["header"]);
  fault = "down";
  await node.tick();
  asked.length = 0;
  fault = undefined;
  await node.settle();
  assert(asked.includes("chainId") && asked.includes("code"), String(asked));
});

test("the node asks the next server when one does not answer, and follows none that is of another chain", async () => {
  const { chain, network, database, node } = await following();
  await node.settle();
  await node.stop();
  const down = faulty(chain, () => "down");
  const other = new ChainSimulator({ salt: 2 });
  for (let count = 0; count < 40; count++) other.mine([set(1)]);
  const stateWith = async (...readers: ChainReader[]) => {
    const node = await SimulatedNode.start({ network, database, readers });
    for (let ticks = 0; ticks < 12; ticks++) await node.tick();
    const state = node.progress.state();
    assert.equal(node.index.asOf()?.hash, chain.tip.hash);
    await node.stop({ crash: true });
    return state.kind === "halted" ? state.code : state.kind;
  };
  assert.equal(await stateWith(down, chain), "following");
  assert.equal(await stateWith(other, chain), "following");
  // The one that does not answer now may be right.
  assert.equal(await stateWith(down, other), "stale");
  assert.equal(await stateWith(other, down), "stale");
  assert.equal(await stateWith(other, other), "NETWORK_MISMATCH");
});

test("a server whose chain is swapped while it is followed is out at the next look, and the next one is followed", async () => {
  for (const blocks of [5, 30, 31, 60, 400]) {
    const other = new ChainSimulator({ salt: 2 });
    for (let count = 0; count < blocks; count++) other.mine([set(1)]);
    const { chain, network, database, node } = await following();
    await node.stop();
    let swapped = false;
    const readers = [switching(() => (swapped ? other : chain)), chain];
    const two = await SimulatedNode.start({ network, database, readers });
    await two.settle();
    swapped = true;
    chain.mine([set(0, 77)]);
    await two.settle();
    assert.equal(two.index.asOf()?.hash, chain.tip.hash);
    assert.equal(two.index.state("did", BOB), undefined);
    assert.equal(two.index.state("did", ALICE)?.updated.block, chain.tip.number);
  }
});

test("a node that starts without its chain says so, then follows it", async () => {
  let fault: Fault | undefined = "down";
  const chain = new ChainSimulator();
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [faulty(chain, () => fault)] });
  assert.deepEqual(node.progress.state(), { kind: "connecting", reason: "The chain does not answer" });
  assert.equal(node.index.asOf(), undefined);
  fault = undefined;
  await node.settle();
});

test("a chain that is not there any more makes answers stale, and says why", async () => {
  let fault: Fault | undefined;
  const { chain, node } = await following({ reader: (chain) => faulty(chain, () => fault) });
  await node.settle();
  fault = "down";
  await node.tick();
  assert.deepEqual(node.progress.state(), {
    kind: "stale",
    block: chain.tip.number,
    reason: "The chain does not answer",
    refuse: false,
  });
});

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
  assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(chain, network));
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
  // A crash now: nothing was compared with the chain, so nothing is served.
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

/** A reader that asks another one each time. */
function switching(reader: () => ChainReader): ChainReader {
  return {
    chainId: () => reader().chainId(),
    header: (block) => reader().header(block),
    headers: (numbers) => reader().headers(numbers),
    checkedHeaders: (blocks) => reader().checkedHeaders(blocks),
    receiptLogs: (header) => reader().receiptLogs(header),
    logs: (filter) => reader().logs(filter),
    storage: (slots, hash) => reader().storage(slots, hash),
    logsAndStorage: (addresses, slots, hash) => reader().logsAndStorage(addresses, slots, hash),
    history: (query) => reader().history(query),
    code: (address) => reader().code(address),
  };
}

/** A reader that writes down what it is asked. */
function recording(reader: ChainReader, asked: string[], instead: Partial<ChainReader> = {}): ChainReader {
  const all = { ...reader, ...instead };
  const methods = Object.entries(all).map(([name, method]: [string, (...args: never[]) => unknown]) => [
    name,
    (...args: never[]) => {
      asked.push(name);
      return method(...args);
    },
  ]);
  return Object.fromEntries(methods);
}

/** Lets a node look often enough to believe what halts it. */
async function untilHalted(node: SimulatedNode): Promise<void> {
  for (let ticks = 0; ticks < 10; ticks++) await node.tick();
  assert.equal(node.progress.state().kind, "halted", JSON.stringify(node.progress.state()));
}
