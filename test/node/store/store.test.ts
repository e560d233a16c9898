import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { unfitReason } from "../../../node/runtime/status.ts";
import { CheckedDatabase, withChecksum } from "../../../node/store/checked-database.ts";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { META_KEY, SCHEMA_VERSION, stateKey, TIP_KEY } from "../../../node/store/keys.ts";
import { metaOf } from "../../../node/store/meta.ts";
import { jsonRecord } from "../../../node/store/records/records.ts";
import { IndexStore } from "../../../node/store/store.ts";
import { readTip } from "../../../node/store/tip.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { hashFromScratch, memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

const DATABASE_URL = new URL("../../../node/store/database.ts", import.meta.url).href;
const finality = { kind: "depth", blocks: 12 } as const;
/** What keys of this node's own begin with, and those of states and words. */
const BOOKKEEPING = "6c";
const REPLACED = /^637[367]/;

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "mapae-store-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A chain with something of every kind: a DID's change in each block, and a type, a grant and a list in the first. */
function chainOf(blocks: number): ChainSimulator {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) {
    const attribute: SimulatedWrite = { do: "attribute", identity: count % 5, value: count, validTo: 4e9 };
    chain.mine(count === 0 ? [attribute, ...OTHERS] : [attribute]);
  }
  return chain;
}

const OTHERS: readonly SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "grant", identity: 1, type: 0, parent: null },
  { do: "list", identity: 1, list: 0 },
  { do: "status", identity: 1, list: 0, word: 511, bits: [0, 1, 255] },
];

/** An index on disk, followed to the chain's tip and closed in good order. */
async function filled(t: TestContext, blocks = 40) {
  const path = await directory(t);
  const chain = chainOf(blocks);
  const network = chain.network(finality);
  const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(path) });
  await node.settle();
  await node.stop();
  return { path, chain, network };
}

/** A node that follows a chain of 20 blocks into a database in memory. */
async function inMemory() {
  const chain = chainOf(20);
  const network = chain.network(finality);
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  await node.settle();
  return { chain, network, database, node };
}

/** Opens and reads through a store as a node does, then closes it. */
async function openAndVerify(path: string, network: NetworkDescriptor): Promise<void> {
  const database = await openLevel(path);
  try {
    await (await IndexStore.open(database, network)).verify();
  } finally {
    await database.close();
  }
}

test("an index on disk goes on where it was closed, and equals one that was never closed", async (t) => {
  const { path, chain, network } = await filled(t);
  for (let count = 0; count < 10; count++) chain.mine([{ do: "owner", identity: 1, value: count }]);
  const database = await openLevel(path);
  assert.equal((await IndexStore.open(database, network)).tip?.number, 41);
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  await node.settle();
  assert.equal((await node.store.contentHash())?.hash, await hashFromScratch(chain, network));
  await node.stop();
});

test("blocks without events are written down in steps, and when the store is closed", async () => {
  const chain = new ChainSimulator();
  const network = chain.network(finality);
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  let writes = 0;
  const batch = database.batch.bind(database);
  Object.assign(database, {
    batch: () => {
      writes++;
      return batch();
    },
  });
  for (let count = 0; count < 100; count++) {
    chain.mine();
    await node.tick();
  }
  assert.equal(node.index.asOf()?.number, 101);
  assert(writes >= 3 && writes <= 5, `${writes} writes`);
  const crashed = await IndexStore.open(database, network);
  assert((crashed.tip?.number ?? 0) < 101);
  await node.stop();
  const closed = await IndexStore.open(database, network);
  assert.equal(closed.tip?.number, 101);
});

test("events that are served outlast a power cut; ranges before the last can be read again", async () => {
  const chain = chainOf(1_500);
  const database = await memoryDatabase();
  const written: { block: number; verified: boolean; sync: boolean }[] = [];
  const batch = database.batch.bind(database);
  Object.assign(database, {
    batch: () => {
      const one = batch();
      const write = one.write.bind(one);
      return Object.assign(one, {
        write: async (options: { sync: boolean }) => {
          await write(options);
          const tip = readTip(new CheckedDatabase(database));
          if (tip !== undefined) written.push({ block: tip.number, verified: tip.verified, ...options });
        },
      });
    },
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

test("a directory that is a link to nothing, or beneath one, is not there rather than damaged", async (t) => {
  const link = join(await temporaryFolder(t), "link");
  await symlink("/nothing/is/here", link);
  for (const path of [link, join(link, "index")]) {
    await assertCode(openLevel(path), "STORE_MISSING", { message: /is not there.*MAPAE_DATA_DIR/ });
  }
});

test("an index that another process has open is STORE_LOCKED", async (t) => {
  const { path, network } = await filled(t);
  const script = `
    const { openLevel } = await import(${JSON.stringify(DATABASE_URL)});
    await openLevel(${JSON.stringify(path)});
    console.log("open");
    setInterval(() => {}, 1000);
  `;
  const other = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => other.kill("SIGKILL"));
  await once(other.stdout, "data");
  await assertCode(openAndVerify(path, network), "STORE_LOCKED", { message: /Another process.*MAPAE_DATA_DIR/ });
  other.kill("SIGKILL");
  await once(other, "exit");
  await openAndVerify(path, network);
});

for (const [schemaVersion, advice] of [
  [SCHEMA_VERSION + 1, /has schema version 6.*use that version again/],
  [SCHEMA_VERSION - 1, /has schema version 4.*start the node/],
] as const) {
  test(`an index of schema version ${schemaVersion} is refused, and left as it is`, async () => {
    const database = await memoryDatabase();
    const network = chainOf(3).network(finality);
    await put(
      database,
      META_KEY,
      withChecksum(META_KEY, jsonRecord({ ...metaOf(network), schemaVersion })).toString("hex"),
    );
    await put(database, "aa", "bb");
    await assertCode(IndexStore.open(database, network), "SCHEMA_VERSION", { message: advice });
    assert.equal(database.getSync("aa"), "bb");
  });
}

test("another network's index is refused with both values, and left as it is", async () => {
  const ours = chainOf(3).network(finality);
  const [deployment] = ours.deployments;
  assert(deployment);
  const other = { ...deployment.registries.did, address: `0x${"ee".repeat(20)}` as const };
  const registries = { ...deployment.registries, did: other };
  const others: [NetworkDescriptor, RegExp][] = [
    [{ ...ours, name: "gov-00000000" }, /its network is local, the descriptor's is gov-00000000/],
    [{ ...ours, chainId: 7 }, /its chain id is 31337, the descriptor's is 7/],
    [
      { ...ours, genesisHash: `0x${"11".repeat(32)}` },
      /its genesis hash is 0x[0-9a-f]{64}, the descriptor's is 0x1111/,
    ],
    [
      { ...ours, deployments: [{ ...deployment, registries }] },
      /its DID registry is 0xd1d1.*, the descriptor's is 0xeeee/,
    ],
    [
      { ...ours, deployments: [{ ...deployment, registries: { ...deployment.registries, status: other } }] },
      /its status registry is 0xb0b0.*, the descriptor's is 0xeeee/,
    ],
  ];
  for (const [network, message] of others) {
    const database = await memoryDatabase();
    await IndexStore.open(database, ours);
    await assertCode(IndexStore.open(database, network), "NETWORK_MISMATCH", { message });
    await IndexStore.open(database, ours);
  }
});

test("a database that is not Mapae's is refused, and left as it is", async () => {
  const database = await memoryDatabase();
  await put(database, "aa", "bb");
  const network = chainOf(3).network(finality);
  await assertCode(IndexStore.open(database, network), "STORE_CORRUPT", { message: /no record of their network/ });
  assert.equal(database.getSync("aa"), "bb");
});

test("an index that was being dropped when the process was killed is empty when it is opened", async () => {
  const { network, database, node } = await inMemory();
  await node.stop();
  const batch = database.batch();
  batch.del(TIP_KEY);
  await batch.write({ sync: true });
  const store = await IndexStore.open(database, network);
  assert.equal(store.tip, undefined);
  await store.verify();
  assert.deepEqual(
    (await database.iterator({}).all()).map(([key]) => key),
    [META_KEY],
  );
});

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

test("with a full disk a node follows no more, says STORE_FULL, and answers what was committed as stale", async () => {
  const { chain, database, node } = await inMemory();
  chain.mine(); // without events: known in memory only
  await node.tick();
  const before = node.index.asOf();
  const batch = database.batch.bind(database);
  const full = Object.assign(new Error("IO error: index/000003.log: No space left on device"), {
    code: "LEVEL_IO_ERROR",
  });
  Object.assign(database, { batch: () => Object.assign(batch(), { write: () => Promise.reject(full) }) });
  chain.mine([{ do: "deactivate", identity: 0 }]);
  await node.tick();
  const state = node.progress.state();
  assert.equal(state.kind === "stale" && state.code, "STORE_FULL", JSON.stringify(state));
  assert.equal(unfitReason(state), undefined);
  assert.deepEqual(node.index.asOf(), before);
  assert.equal(node.index.state("did", simulatedIdentity(0))?.deactivated, null);
  // What is written behind a torn record of LevelDB's journal is not read again.
  let writes = 0;
  Object.assign(database, {
    batch: () => {
      writes++;
      return batch();
    },
  });
  await node.stop();
  assert.equal(writes, 0);
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

async function put(database: Database, key: string, value: string): Promise<void> {
  const batch = database.batch();
  batch.put(key, value);
  await batch.write({ sync: true });
}

async function remove(database: Database, key: string): Promise<void> {
  const batch = database.batch();
  batch.del(key);
  await batch.write({ sync: true });
}

/** Hex digits with one bit flipped. */
function flipped(digits: string, at: number): string {
  return digits.slice(0, at) + (Number.parseInt(digits.charAt(at), 16) ^ 1).toString(16) + digits.slice(at + 1);
}
