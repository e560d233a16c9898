import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader, Log } from "../../../../resolver/chain/chain-reader.ts";
import { RpcError } from "../../../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../../../resolver/errors.ts";
import { type Hash, type Hex, ZERO_HASH } from "../../../../resolver/primitives/hex.ts";
import {
  ChainSimulator,
  type SimulatedWrite,
  simulatedIdentity,
  simulatedList,
} from "../../../helpers/chain-simulator.ts";
import { type Fault, faulty } from "../../../helpers/faulty-reader.ts";
import { hashFromScratch, SimulatedNode } from "../../../helpers/simulated-node.ts";
import { expectTrue } from "./expect-true.ts";

const finality = { kind: "depth", blocks: 12 } as const;
const set = (identity: number, value: number): SimulatedWrite => ({ do: "attribute", identity, value, validTo: 4e9 });
const WRONG_LOGS: readonly Fault[] = ["drop", "forge", "duplicate", "swap"];
const BLOCKS = 1_500;

/** A chain of many blocks with writes of every kind, one in 20 of them with several. */
function busyChain(): ChainSimulator {
  const chain = new ChainSimulator();
  const [identity, type, list] = [1, 1, 0];
  chain.mine([{ do: "type", type }, set(7, 0)]);
  chain.mine([{ do: "grant", identity, type, parent: null }]);
  chain.mine([{ do: "accept", identity, type, number: 0 }]);
  chain.mine([{ do: "list", identity, list }, set(0, 1), set(1, 1)]);
  for (let count = 0; count < BLOCKS; count++) {
    if (count % 20 !== 0) chain.mine();
    else if (count % 100 === 0) chain.mine([{ do: "status", identity, list, word: count / 100, bits: [1, 0, 0] }]);
    else chain.mine([set(0, count), { do: "status", identity, list, word: count % 7, bits: [2, 0, 0] }, set(1, count)]);
  }
  return chain;
}

interface Told {
  /** What the server makes of the logs of an answer, forever. */
  readonly alter: (logs: Log[]) => Log[];
  /** What it is asked: the method's name. */
  readonly asked?: string[];
  /** What it makes of the logs of its receipts, if they are not refused. */
  readonly forgeReceipts?: () => boolean;
}

/** A server that tells wrong logs of a chain forever. */
function lying(chain: ChainSimulator, { alter, asked = [], forgeReceipts = () => false }: Told): ChainReader {
  const honest = faulty(chain, () => undefined);
  return {
    ...honest,
    logs: async (filter) => {
      asked.push("logs");
      return alter(await honest.logs(filter));
    },
    logsAndStorage: async (addresses, slots, hash) => {
      asked.push("logsAndStorage");
      const { logs, values } = await honest.logsAndStorage(addresses, slots, hash);
      return { logs: alter(logs), values };
    },
    receiptLogs: async (header) => {
      asked.push("receipts");
      if (forgeReceipts()) throw new ChainDataError("the receipts do not hash to the root");
      return honest.receiptLogs(header);
    },
  };
}

/** Ticks until the node follows; whatever it serves meanwhile must be what the chain wrote. */
async function settle(node: SimulatedNode, chain: ChainSimulator, { ticks = 40 } = {}): Promise<void> {
  for (let count = 0; count < ticks; count++) {
    await node.tick();
    expectTrue(node, chain);
    if (node.progress.state().kind === "following") return;
  }
}

async function expectRight(node: SimulatedNode, chain: ChainSimulator): Promise<void> {
  assert.equal(node.progress.state().kind, "following", JSON.stringify(node.progress.state()));
  assert.equal(node.index.asOf()?.hash, chain.tip.hash);
  assert.deepEqual(node.index.roots(), chain.roots);
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, chain.network(finality)));
}

const of = ({ branch }: ChainSimulator, id: Hex) =>
  branch.flatMap(({ logs }) => logs).filter(({ topics }) => topics[1]?.endsWith(id.slice(2)));
const same = (a: Log, b: Log | undefined) => a.blockHash === b?.blockHash && a.logIndex === b.logIndex;
const IDENTITY = simulatedIdentity(1);
const LIST = simulatedList(1, 0);
const grantOf = ({ subjects }: ChainSimulator) => subjects.find(({ kind }) => kind === "grant")?.id ?? "0x";

const kinds: [what: string, meant: (chain: ChainSimulator) => Log | undefined][] = [
  ["the first event of an identity", (chain) => of(chain, IDENTITY)[0]],
  ["the newest event of an identity", (chain) => of(chain, IDENTITY).at(-1)],
  ["the only event of an identity, beside another's", (chain) => of(chain, simulatedIdentity(7))[0]],
  ["the first event of a grant", (chain) => of(chain, grantOf(chain))[0]],
  ["the newest event of a grant, alone in its block", (chain) => of(chain, grantOf(chain)).at(-1)],
  ["a list's creation", (chain) => of(chain, LIST)[0]],
  ["the newest change of a list", (chain) => of(chain, LIST).at(-1)],
];
for (const [what, meant] of kinds) {
  test(`${what} that a server leaves out forever is read by receipts`, async () => {
    const chain = busyChain();
    const missing = meant(chain);
    assert(missing);
    const asked: string[] = [];
    const alter = (logs: Log[]) => logs.filter((log) => !same(log, missing));
    const readers = [lying(chain, { alter, asked })];
    const node = await SimulatedNode.start({ network: chain.network(finality), readers });
    await settle(node, chain);
    await expectRight(node, chain);
    assert(asked.includes("receipts"));
  });
}

test("where the roots tell it, only suspicious blocks are read by receipts", async () => {
  const chain = busyChain();
  const missing = of(chain, grantOf(chain)).at(-1);
  const asked: string[] = [];
  const alter = (logs: Log[]) => logs.filter((log) => !same(log, missing));
  const readers = [lying(chain, { alter, asked })];
  const node = await SimulatedNode.start({ network: chain.network(finality), readers });
  await settle(node, chain);
  await expectRight(node, chain);
  assert.equal(asked.filter((method) => method === "receipts").length, 2, "the grant's two blocks");
});

for (const fault of WRONG_LOGS) {
  test(`a server whose every answer has the fault "${fault}" forever is followed by receipts`, async () => {
    const chain = busyChain();
    const spoilt = faulty(chain, () => fault);
    const network = chain.network(finality);
    const node = await SimulatedNode.start({ network, readers: [spoilt] });
    await settle(node, chain);
    await expectRight(node, chain);
    chain.mine([set(0, 88), set(1, 88)]);
    chain.dropBlocks(3);
    chain.mine([set(0, 99), set(1, 99)]);
    for (let count = 0; count < 5; count++) chain.mine([set(1, count), set(0, count)]);
    await settle(node, chain);
    await expectRight(node, chain);
  });
}

test("a node that was away for long is mended without losing what it serves", async () => {
  const chain = busyChain();
  const network = chain.network(finality);
  let wrong = false;
  const alter = (logs: Log[]) => (wrong ? logs.slice(1) : logs);
  const node = await SimulatedNode.start({ network, readers: [lying(chain, { alter })] });
  await node.settle();
  wrong = true;
  for (let count = 0; count < 400; count++) chain.mine(count % 10 === 0 ? [set(0, count), set(1, count)] : []);
  for (let ticks = 0; ticks < 10; ticks++) {
    await node.tick();
    assert.notEqual(node.index.asOf(), undefined);
  }
  await expectRight(node, chain);
});

test("a server that forges its receipts too is never believed; the next one is asked, and then it mends", async () => {
  const chain = busyChain();
  const network = chain.network(finality);
  const alter = (logs: Log[]) => logs.slice(1);
  let forges = true;
  const node = await SimulatedNode.start({ network, readers: [lying(chain, { alter, forgeReceipts: () => forges })] });
  await settle(node, chain, { ticks: 20 });
  assert.equal(node.index.asOf(), undefined);
  assert.equal(node.progress.state().kind, "connecting");
  forges = false;
  await settle(node, chain);
  await expectRight(node, chain);

  const both = [lying(chain, { alter, forgeReceipts: () => true }), lying(chain, { alter })];
  const two = await SimulatedNode.start({ network, readers: both });
  await settle(two, chain);
  await expectRight(two, chain);
});

test("a server that can't tell the logs of one block, followed or in a range, is asked for its receipts", async () => {
  const chain = busyChain();
  const network = chain.network(finality);
  const tooMany = new RpcError("eth_getLogs", { code: -32_005, message: "query returned more than 10000 results" });
  const full = of(chain, LIST)[0]?.blockNumber ?? 0;
  const honest = faulty(chain, () => undefined);
  const reader: ChainReader = {
    ...honest,
    logs: async (filter) => {
      if ("fromBlock" in filter && filter.fromBlock <= full && full <= filter.toBlock) throw tooMany;
      return honest.logs(filter);
    },
    logsAndStorage: async () => {
      throw tooMany;
    },
  };
  const node = await SimulatedNode.start({ network, readers: [reader] });
  await settle(node, chain);
  chain.mine([set(0, 1)]);
  await settle(node, chain);
  await expectRight(node, chain);
});

test("a server that shows roots to which not even the receipts lead is asked again, and believed once it tells the truth", async () => {
  const chain = busyChain();
  const network = chain.network(finality);
  const honest = faulty(chain, () => undefined);
  let isHonest = false;
  const storage: ChainReader["storage"] = async (slots, hash) => {
    const [did = ZERO_HASH, ...others] = await honest.storage(slots, hash);
    if (isHonest) return [did, ...others];
    return [did, ...others.map((): Hash => `0x${"77".repeat(32)}`)];
  };
  const node = await SimulatedNode.start({ network, readers: [{ ...honest, storage }] });
  for (let ticks = 0; ticks < 20; ticks++) {
    assert.equal(node.index.asOf(), undefined);
    await node.tick();
  }
  assert.match(node.progress.state().reason, /fold to root/);
  isHonest = true;
  await settle(node, chain);
  await expectRight(node, chain);
});

test("logs that can't be of the chain's blocks, told forever, are read from receipts", async () => {
  const chain = busyChain();
  const alter = (logs: Log[]) => logs.map((log): Log => ({ ...log, blockHash: `0x${"77".repeat(32)}` }));
  const readers = [lying(chain, { alter })];
  const node = await SimulatedNode.start({ network: chain.network(finality), readers });
  await settle(node, chain);
  await expectRight(node, chain);
});

test("a server that keeps no receipts is asked for logs again, and believed once they are right", async () => {
  for (const blocks of [0, BLOCKS]) {
    const chain = blocks === 0 ? new ChainSimulator() : busyChain();
    chain.mine([set(0, 1), set(1, 1)]);
    let lies = true;
    const reader: ChainReader = {
      ...lying(chain, { alter: (logs) => (lies ? logs.slice(1) : logs) }),
      receiptLogs: async () => {
        throw new UnavailableError("no receipts are kept");
      },
    };
    const node = await SimulatedNode.start({ network: chain.network(finality), readers: [reader] });
    for (let ticks = 0; ticks < 25; ticks++) {
      await node.tick();
      expectTrue(node, chain);
      assert.notEqual(node.progress.state().kind, "halted");
    }
    assert.equal(node.index.asOf()?.number, blocks === 0 ? 1 : undefined);
    lies = false;
    await settle(node, chain);
    await expectRight(node, chain);
  }
});

test("headers that do not follow each other are refused", async () => {
  const chain = busyChain();
  const honest = lying(chain, { alter: (logs) => logs.slice(1) });
  const forged: Hash = `0x${"66".repeat(32)}`;
  let forges = true;
  const reader: ChainReader = {
    ...honest,
    checkedHeaders: async (blocks) => {
      const headers = await honest.checkedHeaders(blocks);
      return headers.map((header) => (forges && header.number === 700 ? { ...header, hash: forged } : header));
    },
  };
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [reader] });
  const reasons = new Set<string>();
  for (let ticks = 0; ticks < 20; ticks++) {
    await node.tick();
    assert.equal(node.index.asOf(), undefined);
    const state = node.progress.state();
    if (state.kind === "connecting") reasons.add(state.reason);
  }
  assert(reasons.has("The chain has another block 700 than the parent of the next one"), [...reasons].join("\n"));
  forges = false;
  await settle(node, chain);
  await expectRight(node, chain);
});
