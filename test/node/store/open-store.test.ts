import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { withChecksum, withoutChecksum } from "../../../node/store/checked-database.ts";
import { openLevel } from "../../../node/store/database.ts";
import { META_KEY, recentKey, SCHEMA_VERSION, TIP_KEY } from "../../../node/store/keys.ts";
import { META, metaOf } from "../../../node/store/meta.ts";
import { IndexStore } from "../../../node/store/store.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { memoryDatabase } from "../../helpers/simulated-node.ts";
import { chainOf, filled, finality, inMemory, put } from "./filled-store.ts";

const DATABASE_URL = new URL("../../../node/store/database.ts", import.meta.url).href;

/** Opens and reads through a store as a node does, then closes it. */
async function openAndVerify(path: string, network: NetworkDescriptor): Promise<void> {
  const database = await openLevel(path);
  try {
    await (await IndexStore.open(database, network)).verify();
  } finally {
    await database.close();
  }
}

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
  endsOf(t)(async () => other.kill("SIGKILL"));
  await once(other.stdout, "data");
  await assertCode(openAndVerify(path, network), "STORE_LOCKED", { message: /Another process.*MAPAE_DATA_DIR/ });
  other.kill("SIGKILL");
  await once(other, "exit");
  await openAndVerify(path, network);
});

for (const [schemaVersion, advice] of [
  [SCHEMA_VERSION + 1, /has schema version 7.*use that version again/],
  [SCHEMA_VERSION - 1, /has schema version 5.*start the node/],
] as const) {
  test(`an index of schema version ${schemaVersion} is refused, and left as it is`, async () => {
    const database = await memoryDatabase();
    const network = chainOf(3).network(finality);
    await put(
      database,
      META_KEY,
      withChecksum(META_KEY, META.write({ ...metaOf(network), schemaVersion })).toString("hex"),
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
  await assertCode(IndexStore.open(database, network), "STORE_CORRUPT", {
    message: /no record of their network: it is another program's/,
  });
  assert.equal(database.getSync("aa"), "bb");
});

test("an index whose newest block is missing, or of another branch, is STORE_CORRUPT", async () => {
  const { network, database, node } = await inMemory();
  await node.stop();
  const number = node.store.tip?.number ?? assert.fail();
  const key = recentKey(number);
  const stored = withoutChecksum(key, database.getSync(key) ?? assert.fail());
  const other = withChecksum(key, "11".repeat(32) + stored.slice(64)).toString("hex");
  const batch = database.batch();
  batch.del(key);
  await batch.write({ sync: true });
  await assertCode(IndexStore.open(database, network), "STORE_CORRUPT", { message: /the newest block/ });
  await put(database, key, other);
  await assertCode(IndexStore.open(database, network), "STORE_CORRUPT", { message: /the newest block/ });
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
