import assert from "node:assert/strict";
import { test } from "node:test";
import { unfitReason } from "../../../node/runtime/status.ts";
import { CheckedDatabase } from "../../../node/store/checked-database.ts";
import { openLevel } from "../../../node/store/database.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { readTip } from "../../../node/store/tip.ts";
import { aroundWrites } from "../../helpers/around-writes.ts";
import { ChainSimulator, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { hashFromScratch, memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";
import { chainOf, filled, finality, inMemory } from "./filled-store.ts";

test("an index on disk goes on where it was closed, and equals one that was never closed", async (t) => {
  const { path, chain, network } = await filled(t);
  for (let count = 0; count < 10; count++) chain.mine([{ do: "owner", identity: 1, value: count }]);
  const database = await openLevel(path);
  assert.equal((await IndexStore.open(database, network)).tip?.number, 41);
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  await node.settle();
  assert.equal(node.store.contentHash()?.hash, await hashFromScratch(chain, network));
  await node.stop();
});

test("a block without events is on the disk once it is served, though not synced", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  await node.settle();
  const synced: boolean[] = [];
  aroundWrites(database, (write, { sync }) => {
    synced.push(sync);
    return write();
  });
  for (let count = 0; count < 10; count++) {
    chain.mine();
    await node.tick();
    assert.equal((await IndexStore.open(database, network)).tip?.hash, node.index.asOf()?.hash);
  }
  assert.deepEqual(synced, Array(10).fill(false));
  await node.stop();
});

test("events that are served outlast a power cut; ranges before the last can be read again", async () => {
  const chain = chainOf(1_500);
  const database = await memoryDatabase();
  const written: { block: number; verified: boolean; sync: boolean }[] = [];
  aroundWrites(database, async (write, { sync }) => {
    await write();
    const tip = readTip(new CheckedDatabase(database));
    if (tip !== undefined) written.push({ block: tip.number, verified: tip.verified, sync });
  });
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [chain], database });
  await node.settle();
  assert.equal(written.at(-1)?.block, 1_501);
  assert(written.some(({ verified }) => !verified));
  for (const { block, verified, sync } of written) assert.equal(sync, verified, `block ${block}`);
});

test("what can undo a block is removed when neither a reorganisation nor a server that lied may want it", async () => {
  const chain = chainOf(200);
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network: chain.network(finality), readers: [chain], database });
  await node.settle();
  const kept = async (name: string) => {
    const gte = Buffer.from(name).toString("hex");
    return (await database.iterator({ gte, lt: `${gte}ff` }).all()).length;
  };
  // The lowest block that is remembered can't be undone itself.
  assert.deepEqual({ recent: await kept("lb"), undo: await kept("lu") }, { recent: 129, undo: 129 });
});

test("with a full disk a node follows no more, says STORE_FULL, and answers what was committed as stale", async () => {
  const { chain, database, node } = await inMemory();
  chain.mine();
  await node.tick();
  const before = node.index.asOf();
  const full = Object.assign(new Error("IO error: index/000003.log: No space left on device"), {
    code: "LEVEL_IO_ERROR",
  });
  let isFull = true;
  let writes = 0;
  aroundWrites(database, async (write) => {
    if (isFull) throw full;
    writes++;
    await write();
  });
  chain.mine([{ do: "deactivate", identity: 0 }]);
  await node.tick();
  const state = node.progress.state();
  assert.equal(state.kind === "stale" && state.code, "STORE_FULL", JSON.stringify(state));
  assert.equal(unfitReason(state), undefined);
  assert.deepEqual(node.index.asOf(), before);
  assert.equal(node.index.state("did", simulatedIdentity(0))?.deactivated, null);
  // What is written behind a torn record of LevelDB's journal is not read again.
  isFull = false;
  await node.stop();
  assert.equal(writes, 0);
});
