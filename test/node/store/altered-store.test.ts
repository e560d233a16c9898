import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database } from "../../../node/store/database.ts";
import { META_KEY, stateKey } from "../../../node/store/keys.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { flipped, inMemory, put } from "./filled-store.ts";

/** What keys of this node's own begin with, and those of states and words. */
const BOOKKEEPING = "6c";

const REPLACED = /^637[367]/;

test("an index with an altered entry is dropped as a whole", async () => {
  const { network, database, node } = await inMemory();
  await node.stop();
  const store = await IndexStore.open(database, network);
  const key = stateKey({ kind: "did", id: simulatedIdentity(0) });
  await put(database, key, flipped(database.getSync(key) ?? "", 40));
  await assertCode(store.verify(), "STORE_CORRUPT");
  const again = await IndexStore.open(database, network);
  await again.drop();
  assert.deepEqual(
    (await database.iterator({}).all()).map(([key]) => key),
    [META_KEY],
  );
});

test("any entry that is altered, renamed or gone is STORE_CORRUPT when the index is opened", async () => {
  const { network, database, node } = await inMemory();
  await node.stop();
  const reopen = async () => (await IndexStore.open(database, network)).verify();
  await reopen();
  for (const [key, value] of await database.iterator({}).all()) {
    const places = [0, 8, value.length >> 1, value.length - 1].filter((at) => at < value.length);
    for (const altered of [...places.map((at) => flipped(value, at)), `${value}00`]) {
      await put(database, key, altered);
      await assertCode(reopen, "STORE_CORRUPT", { message: /remove the data directory/ }, `${key}: ${altered}`);
    }
    await put(database, key, value);
    // What undoes a block, and the newest block: see the tests beside this one.
    if (key.startsWith(BOOKKEEPING)) continue;
    await remove(database, key);
    await assertCode(reopen, "STORE_CORRUPT", { message: /it has \d+ .*, written were/ }, `${key} gone`);
    const renamed = flipped(key, key.length - 5);
    await put(database, renamed, value);
    await assertCode(reopen, "STORE_CORRUPT", { message: /./ }, `${key} renamed`);
    await remove(database, renamed);
    await put(database, key, value);
  }
  await reopen();
});

test("a state or word that is the one from before, whole as it was then, is STORE_CORRUPT when the index is opened", async () => {
  const { chain, network, database, node } = await inMemory();
  const before = await database.iterator({}).all();
  chain.mine([
    { do: "attribute", identity: 0, value: 9, validTo: 4e9 },
    { do: "status", identity: 1, list: 0, word: 511, bits: [2, 3, 4] },
  ]);
  await node.settle();
  await node.stop();
  const replaced = before.filter(([key, value]) => REPLACED.test(key) && database.getSync(key) !== value);
  assert.equal(replaced.length, 3, "a DID, a list and a word");
  const reopen = async () => (await IndexStore.open(database, network)).verify();
  for (const [key, older] of replaced) {
    const newest = database.getSync(key) ?? assert.fail();
    await put(database, key, older);
    await assertCode(reopen, "STORE_CORRUPT", { message: /that were replaced/ }, key);
    await put(database, key, newest);
  }
  await reopen();
});

test("a state that is altered while the node runs is an error, never another answer", async () => {
  const { database, node } = await inMemory();
  const getSync = database.getSync.bind(database);
  Object.assign(database, {
    getSync: (key: string, options: object) => {
      const value = getSync(key, options);
      return key === stateKey({ kind: "did", id: simulatedIdentity(0) }) ? value && flipped(value, 40) : value;
    },
  });
  await assertCode(() => node.index.state("did", simulatedIdentity(0)), "STORE_CORRUPT", { message: /is altered/ });
});

async function remove(database: Database, key: string): Promise<void> {
  const batch = database.batch();
  batch.del(key);
  await batch.write({ sync: true });
}
