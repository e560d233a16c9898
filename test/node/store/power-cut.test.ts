import assert from "node:assert/strict";
import { test } from "node:test";
import { seedRoots } from "../../../node/index/roots.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { aroundWrites } from "../../helpers/around-writes.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { memoryDatabase } from "../../helpers/simulated-node.ts";

test("a block without events that first lets earlier ones be served outlasts a power cut with them", async () => {
  const chain = new ChainSimulator();
  const network = chain.network();
  const database = await memoryDatabase();
  const synced: boolean[] = [];
  aroundWrites(database, async (write, { sync }) => {
    await write();
    synced.push(sync);
  });
  const store = await IndexStore.open(database, network);
  synced.length = 0;
  const nothing = { events: [], states: [], chunks: [], roots: seedRoots(network), rootsByBlock: new Map() };
  const block = (number: number) => ({ number, hash: chain.mine().hash, time: number });
  const common = { ...nothing, finalized: 0, floor: 0 };
  await store.commit({ ...common, block: block(1), verified: false });
  await store.commit({ ...common, block: block(2), verified: true });
  assert.deepEqual(synced, [false, true]);
});
