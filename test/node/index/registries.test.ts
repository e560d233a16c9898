import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { type Hash, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { all } from "../../helpers/all.ts";
import {
  ChainSimulator,
  type SimulatedWrite,
  simulatedIdentity,
  simulatedList,
} from "../../helpers/chain-simulator.ts";
import { hashFromScratch, memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

const finality = { kind: "depth", blocks: 12 } as const;
const LIST = simulatedList(1, 0);
const status = (word: number, bits: readonly [number, number, number]): SimulatedWrite => ({
  do: "status",
  identity: 1,
  list: 0,
  word,
  bits,
});

/** The chain's server as long as some registry is not deployed: its slots hold zero in the blocks before `at()`. */
function deployedAt(chain: ChainSimulator, at: () => number): ChainReader {
  const storage: ChainReader["storage"] = async (slots, blockHash) => {
    const values = await chain.storage(slots, blockHash);
    return chain.block(blockHash).number < at() ? values.map(() => ZERO_HASH) : values;
  };
  const of = <T extends keyof ChainReader>(name: T) => chain[name].bind(chain) as ChainReader[T];
  return {
    chainId: of("chainId"),
    header: of("header"),
    headers: of("headers"),
    checkedHeaders: of("checkedHeaders"),
    receiptLogs: of("receiptLogs"),
    logs: of("logs"),
    history: of("history"),
    code: of("code"),
    codes: of("codes"),
    storage,
    logsAndStorage: async (addresses, slots, blockHash) => ({
      logs: await chain.logs({ addresses, blockHash }),
      values: await storage(slots, blockHash),
    }),
  };
}

test("a status list's chunks and events are read as of the block that is served, and undone with it", async () => {
  const chain = new ChainSimulator();
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [chain] });
  chain.mine([{ do: "list", identity: 1, list: 0 }, status(0, [0, 1, 255])]);
  chain.mine([status(511, [7, 8, 9])]);
  await node.settle();
  const first = { revoked: 1n, suspended: 2n };
  const last = { revoked: 1n << 7n, suspended: 1n << 8n };
  assert.deepEqual(
    [...(await node.index.chunks(LIST))],
    [
      [0, first],
      [511, last],
    ],
  );
  assert.deepEqual(
    (await all(node.index.events("list", LIST))).map(({ type, block }) => [type, block]),
    [
      ["created", 2],
      ["changed", 2],
      ["changed", 3],
    ],
  );
  assert.equal(node.index.state("list", LIST)?.origin?.number, 0n);

  chain.dropBlocks(1);
  chain.mine([{ do: "close", identity: 1, list: 0 }]);
  chain.mine();
  await node.settle();
  assert.deepEqual([...(await node.index.chunks(LIST))], [[0, first]]);
  assert.equal(node.index.state("list", LIST)?.closed, true);
});

test("the roots as of any block are kept, and undone with it", async () => {
  const chain = new ChainSimulator();
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [chain] });
  const rootsAt = [chain.roots];
  for (const value of [1, 2, 3]) {
    chain.mine([{ do: "owner", identity: value, value }]);
    rootsAt.push(chain.roots);
    chain.mine();
    rootsAt.push(chain.roots);
  }
  await node.settle();
  const read = async () => {
    await using view = node.store.view();
    return await Promise.all(rootsAt.map((_, at) => view.rootsAt(1 + at)));
  };
  assert.deepEqual(await read(), [undefined, ...rootsAt.slice(1)]);
  chain.dropBlocks(4);
  for (let count = 0; count < 5; count++) chain.mine();
  await node.settle();
  const [, , last] = rootsAt;
  assert.deepEqual(await read(), [undefined, last, last, last, last, last, last]);
  assert.deepEqual(node.index.roots(), last);
});

test("types and grants are indexed beside DIDs; what is about roles is passed over", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  const node = await SimulatedNode.start({ network, readers: [chain] });
  chain.mine([
    { do: "role" },
    { do: "type", type: 0 },
    { do: "grant", identity: 1, type: 0, parent: null },
    { do: "accept", identity: 1, type: 0, number: 0 },
    { do: "role" },
    { do: "withdraw", identity: 1, type: 0, number: 0, from: 1_650_000_000 },
  ]);
  await node.settle();
  const grant = chain.subjects.find(({ kind }) => kind === "grant") ?? assert.fail();
  const state = node.index.state("grant", grant.id);
  assert.deepEqual(
    [state?.subject, state?.accepted?.block, state?.withdrawnFrom, state?.label, state?.events],
    [simulatedIdentity(1), 2, 1_650_000_000, `0x${Buffer.from("행정안전부").toString("hex")}`, 3],
  );
  assert.equal(node.index.state("type", state?.typeId ?? "0x")?.uri, "https://types.example/0");
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
});

test("registries that are deployed in different blocks are served from the block in which all are there", async () => {
  const chain = new ChainSimulator();
  for (let count = 0; count < 3; count++) chain.mine();
  const network = chain.network(finality);
  const node = await SimulatedNode.start({ network, readers: [deployedAt(chain, () => 6)] });
  await node.tick();
  assert.deepEqual([node.index.asOf(), node.store.tip?.number], [undefined, 4]);
  assert.equal(node.progress.state().kind, "backfilling");
  chain.mine();
  chain.mine([{ do: "owner", identity: 1, value: 2 }]);
  await node.settle();
  assert.equal(node.index.asOf()?.number, 6);
});

test("a server that says that a registry is gone is not believed", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  let from = 0;
  const node = await SimulatedNode.start({ network, readers: [deployedAt(chain, () => from)] });
  await node.settle();
  const served: Hash | undefined = node.index.asOf()?.hash;
  from = 100;
  chain.mine();
  await node.tick();
  assert.equal(node.progress.state().kind, "stale");
  assert.equal(node.index.asOf()?.hash, served);

  // Not even where it really has another branch: below that an event is known here.
  from = 0;
  chain.mine([{ do: "owner", identity: 1, value: 2 }]);
  chain.mine();
  await node.settle();
  from = 100;
  chain.dropBlocks(1);
  chain.mine();
  chain.mine();
  await node.tick();
  assert.equal(node.progress.state().kind, "stale");
  assert.equal(node.index.state("did", simulatedIdentity(1))?.events, 1);
});

test("a chain that is reorganised to before its registries is read again from there", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  let from = 2;
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [deployedAt(chain, () => from)], database });
  chain.mine();
  chain.mine([{ do: "owner", identity: 1, value: 2 }]);
  await node.settle();
  const changed: string[] = [];
  node.index.onChange((subjects) => changed.push(...subjects.map(({ id }) => id)));
  chain.dropBlocks(2);
  from = 4;
  chain.mine();
  chain.mine();
  chain.mine([{ do: "owner", identity: 2, value: 3 }]);
  await node.settle();
  assert.equal(node.index.state("did", simulatedIdentity(1)), undefined);
  assert.equal(node.index.state("did", simulatedIdentity(2))?.events, 1);
  assert(changed.includes(simulatedIdentity(1)));
  await node.store.verify();
});
