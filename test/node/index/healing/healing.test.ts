import assert from "node:assert/strict";
import { test } from "node:test";
import { rootSlots } from "../../../../node/index/roots.ts";
import type { ChainReader } from "../../../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../../../resolver/network.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../../helpers/chain-simulator.ts";
import { faulty } from "../../../helpers/faulty-reader.ts";
import { poisoning } from "../../../helpers/poisoning-reader.ts";
import { hashFromScratch, memoryDatabase, SimulatedNode } from "../../../helpers/simulated-node.ts";
import { expectTrue } from "./expect-true.ts";

const set = (identity: number, value: number): SimulatedWrite => ({ do: "attribute", identity, value, validTo: 4e9 });
const ALICE = simulatedIdentity(0);
const DEPTH = { kind: "depth", blocks: 12 } as const;
/** Looks at which a chain's server has to show other roots before what is held is given up. */
const LOOKS = 6;

function chainOf(blocks: number): ChainSimulator {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) chain.mine(count % 3 === 0 ? [set(0, count), set(1, count)] : []);
  return chain;
}

async function following(finality: NetworkDescriptor["finality"], blocks = 40) {
  const chain = chainOf(blocks);
  const network = chain.network(finality);
  const { poison, reader } = poisoning(chain);
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [reader], database });
  await node.settle();
  return { chain, network, poison, reader, database, node };
}

/** Ticks until the node follows; what it serves after the first of them is true. */
async function heal(node: SimulatedNode, chain: ChainSimulator, network: NetworkDescriptor): Promise<void> {
  for (let ticks = 0; ticks < LOOKS + 6; ticks++) {
    await node.tick();
    expectTrue(node, chain);
    if (node.progress.state().kind === "following") break;
  }
  assert.equal(node.progress.state().kind, "following", node.progress.state().reason);
  assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  assert.deepEqual(node.index.roots(), chain.roots);
  await node.store.verify();
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
}

for (const finality of [DEPTH, { kind: "instant" }] as const) {
  test(`with ${finality.kind} finality, blocks of which a server told no logs and old roots are undone, and read by receipts`, async () => {
    const { chain, network, poison, node } = await following(finality);
    let isAllDoubted = false;
    node.index.onChange((_changed, isReplaced) => {
      isAllDoubted ||= isReplaced === true;
    });
    poison.base = chain.tip.hash;
    for (let block = 0; block < 20; block++) {
      chain.mine([set(0, 100 + block), set(2, block)]);
      await node.tick();
    }
    // It could not know: logs fold to the roots that it was told.
    assert.equal(node.progress.state().kind, "following");
    assert.throws(() => expectTrue(node, chain));
    poison.base = undefined;
    chain.mine();
    await heal(node, chain, network);
    assert(poison.receipts >= 20, `${poison.receipts} blocks were read by receipts`);
    assert.deepEqual(node.healings, ["undone"]);
    assert(isAllDoubted, "nobody was told to read all subjects again");
    assert.equal(node.index.asOf()?.finalizedBlock, chain.tip.number - (finality.kind === "depth" ? 12 : 0));
    chain.mine([set(0, 7)]);
    await node.settle();
    expectTrue(node, chain);
  });
}

test("an index that was wrong for longer than can be undone is read again", async () => {
  const chain = chainOf(600);
  const network = chain.network(DEPTH);
  const { poison, reader } = poisoning(chain);
  poison.base = chain.branch[1]?.hash;
  const node = await SimulatedNode.start({ network, readers: [reader] });
  await node.settle();
  assert.equal(node.index.state("did", ALICE), undefined);
  assert.equal(node.progress.state().kind, "following");
  poison.base = undefined;
  chain.mine();
  await heal(node, chain, network);
  assert.deepEqual(node.healings, ["replaced"]);
});

test("a server that shows other roots for a moment stops the answers for as long, and nothing is undone", async () => {
  const { chain, network, poison, node } = await following(DEPTH);
  const before = { tip: node.store.tip, content: node.store.contentHash() };
  poison.base = chain.branch[1]?.hash;
  const next = chain.mine([set(0, 9)]);
  for (let looks = 1; looks < LOOKS; looks++) {
    await node.tick();
    assert.equal(node.index.asOf(), undefined);
    assert.notEqual(node.progress.state().kind, "halted");
    assert.deepEqual({ ...node.store.tip, verified: true }, before.tip);
    assert.deepEqual(node.store.contentHash(), before.content);
  }
  poison.base = undefined;
  await heal(node, chain, network);
  assert.deepEqual(node.healings, []);
  assert.equal(node.index.asOf()?.hash, next.hash);
  // What can be undone is still there.
  chain.dropBlocks(11);
  for (let count = 0; count < 12; count++) chain.mine([set(1, count)]);
  await heal(node, chain, network);
});

test("a server that shows other roots for long makes a node go back, and forward again when it is honest", async () => {
  const { chain, network, poison, node } = await following(DEPTH);
  poison.base = chain.branch.at(-10)?.hash;
  chain.mine([set(0, 9)]);
  for (let looks = 0; looks < 3 * LOOKS; looks++) {
    await node.tick();
    expectTrue(node, chain);
  }
  poison.base = undefined;
  await heal(node, chain, network);
});

test("what is doubted is not served after a restart either, before its roots are the chain's again", async () => {
  const { chain, network, poison, reader, database, node } = await following(DEPTH);
  poison.base = chain.branch[1]?.hash;
  chain.mine();
  await node.tick();
  assert.equal(node.index.asOf(), undefined);
  await node.stop();
  const again = await SimulatedNode.start({ network, readers: [reader], database });
  for (let looks = 0; looks < 3; looks++) {
    assert.equal(again.index.asOf(), undefined);
    await again.tick();
  }
  poison.base = undefined;
  await heal(again, chain, network);
});

for (const liar of [0, 1]) {
  test(`of two servers that have to agree, number ${liar + 1} tells no logs and old roots forever: nothing wrong is taken in`, async () => {
    const chain = chainOf(40);
    const network = chain.network(DEPTH);
    const { poison, reader } = poisoning(chain);
    const readers = [reader, faulty(chain, () => undefined)];
    if (liar === 1) readers.reverse();
    const node = await SimulatedNode.start({ network, readers, agreement: 2 });
    await node.settle();
    poison.base = chain.tip.hash;
    for (let block = 0; block < 10; block++) {
      chain.mine([set(0, 100 + block)]);
      await node.tick();
      expectTrue(node, chain);
    }
    await heal(node, chain, network);
    // Many blocks at once, with both servers, and one of them wrong from the beginning.
    const fresh = await SimulatedNode.start({ network, readers, agreement: 2 });
    for (let ticks = 0; ticks < 20 && fresh.progress.state().kind !== "following"; ticks++) {
      await fresh.tick();
      expectTrue(fresh, chain);
    }
    await heal(fresh, chain, network);
  });
}

test("a second server that lags or does not answer keeps nobody from following", async () => {
  const chain = chainOf(40);
  const network = chain.network(DEPTH);
  let isDown = false;
  const second = new Proxy(chain, {
    get: (target, name: keyof ChainSimulator) => {
      if (name !== "storage") return typeof target[name] === "function" ? target[name].bind(target) : target[name];
      return async (...asked: Parameters<ChainReader["storage"]>) => {
        if (isDown) throw new TypeError("fetch failed");
        return chain.storage(...asked);
      };
    },
  });
  const node = await SimulatedNode.start({ network, readers: [chain, second], agreement: 2 });
  for (const down of [false, true, true, false]) {
    isDown = down;
    chain.mine([set(0, 1)]);
    await node.settle();
    assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  }
});

test("where other nodes part, receipts tell who is wrong, whatever roots the only server goes on to show", async () => {
  const chain = chainOf(40);
  const network = chain.network(DEPTH);
  const { poison, reader } = poisoning(chain);
  let differing: number[] = [];
  const hints = { takeDifferingBlocks: () => differing.splice(0), reached: () => undefined };
  const node = await SimulatedNode.start({ network, readers: [reader], hints });
  await node.settle();
  const right = chain.tip;
  // Somebody else is wrong: this one stays as it is.
  for (const block of [1, 20, right.number - 1, right.number, 1_000]) differing.push(block);
  await node.tick();
  assert.equal(node.progress.state().kind, "following");
  poison.base = right.hash;
  for (let count = 0; count < 5; count++) {
    chain.mine([set(0, 100 + count)]);
    await node.tick();
  }
  assert.throws(() => expectTrue(node, chain));
  differing = [1, right.number + 1];
  for (let ticks = 0; ticks < 10; ticks++) {
    await node.tick();
    expectTrue(node, chain);
    assert.equal(node.index.asOf()?.number ?? right.number, right.number);
  }
  poison.base = undefined;
  await heal(node, chain, network);
});

test("a recheck asks for the roots of some blocks, not of all that are held", async () => {
  const { chain, poison, node, network } = await following({ kind: "instant" }, 300);
  for (let count = 0; count < 130; count++) {
    chain.mine([set(0, count)]);
    await node.tick();
  }
  poison.base = chain.tip.hash;
  chain.mine([set(0, 1)]);
  await node.tick();
  poison.base = undefined;
  chain.mine();
  const before = poison.asked;
  for (let looks = 0; looks < LOOKS; looks++) await node.tick();
  assert(poison.asked - before < LOOKS * 12, `${poison.asked - before} questions for slots`);
  assert.equal(rootSlots(network).length, 3);
  await heal(node, chain, network);
});
