import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { META_KEY, SCHEMA_VERSION } from "../../../node/store/keys.ts";
import { metaOf, metaRecord, readMeta } from "../../../node/store/meta.ts";
import { type MigrateOptions, migrate } from "../../../node/store/migration/migrate.ts";
import { MIGRATIONS, type Migration } from "../../../node/store/migration/migrations.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { until } from "../../helpers/real-node.ts";
import { hashFromScratch } from "../../helpers/simulated-node.ts";
import { chainOf, contentOf, filled, runningNode } from "../operator/harness.ts";

/** A version that nobody ever had: each key has a letter before it. */
const BEFORE = SCHEMA_VERSION - 1;
const INVENTED: Migration = {
  what: "the letter before each key is gone",
  async migrate(from, to) {
    for (const [key, value] of await from.iterator({ gte: "78", lt: "79" }).all()) await put(to, key.slice(2), value);
  },
};

/** An index of the invented version, or one that says it is of another. */
async function olderIndex(t: TestContext, schemaVersion = BEFORE) {
  const folder = await temporaryFolder(t);
  const directory = join(folder, "index");
  const chain = chainOf(20);
  const network = chain.network();
  await filled(join(folder, "now"), { chain, network });
  const [now, older] = [await openLevel(join(folder, "now")), await openLevel(directory)];
  for (const [key, value] of await now.iterator({}).all()) if (key !== META_KEY) await put(older, `78${key}`, value);
  const meta = { ...metaOf(network), schemaVersion };
  await put(older, META_KEY, metaRecord(meta));
  await Promise.all([now.close(), older.close()]);
  const options = { directory, network, migrations: only(INVENTED) };
  return { folder, chain, network, directory, options, kept: `${directory}.v${BEFORE}` };
}

/** The way from the invented version alone. */
function only(migration: Migration): ReadonlyMap<number, Migration> {
  return new Map([[BEFORE, migration]]);
}

async function put(database: Database, key: string, value: string): Promise<void> {
  const batch = database.batch();
  batch.put(key, value);
  await batch.write({ sync: false });
}

async function versionIn(directory: string): Promise<number | undefined> {
  if (!existsSync(directory)) return undefined;
  const database = await openLevel(directory);
  try {
    return (await readMeta(database))?.schemaVersion;
  } finally {
    await database.close();
  }
}

test("there is a way from every schema version to this one", () => {
  assert.deepEqual(
    [...MIGRATIONS.keys()],
    Array.from({ length: SCHEMA_VERSION - 1 }, (_, at) => at + 1),
  );
});

test("an older index is migrated on a copy, holds the same then, and the former one is kept beside it", async (t) => {
  const { folder, chain, network, directory, options, kept } = await olderIndex(t);
  assert.deepEqual(await migrate(options), { what: INVENTED.what, kept });
  assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));
  assert.equal(await versionIn(kept), BEFORE);
  assert.deepEqual((await readdir(folder)).sort(), ["index", `index.v${BEFORE}`, "now"]);
  assert.equal(await migrate(options), undefined);
});

const CRASH = new Error("killed");
const die = () => Promise.reject(CRASH);
/** Where a process may be killed. */
const CRASHES: Record<string, (options: MigrateOptions) => MigrateOptions> = {
  "before the copy is begun": (options) => ({ ...options, migrations: only({ ...INVENTED, migrate: die }) }),
  "while the copy is made": (options) => {
    const halfway: Migration["migrate"] = async (from, to) => {
      for (const [key, value] of await from.iterator({ gte: "78", limit: 10 }).all())
        await put(to, key.slice(2), value);
      throw CRASH;
    };
    return { ...options, migrations: only({ ...INVENTED, migrate: halfway }) };
  },
  "when the copy is whole": (options) => ({ ...options, rename: die }),
  "when the former one was moved away": (options) => ({
    ...options,
    rename: async (from, to) => {
      if (from !== options.directory) throw CRASH;
      await rename(from, to);
    },
  }),
  "when all is done": (options) => ({
    ...options,
    rename: async (from, to) => {
      await rename(from, to);
      if (to === options.directory) throw CRASH;
    },
  }),
};

for (const [when, crashing] of Object.entries(CRASHES)) {
  test(`a process that is killed ${when} leaves an index whole, and the next one goes on`, async (t) => {
    const { folder, chain, network, directory, options, kept } = await olderIndex(t);
    await assert.rejects(migrate(crashing(options)), (error: Error) => error === CRASH || error.cause === CRASH);
    const versions = [await versionIn(directory), await versionIn(kept)];
    assert(versions.includes(BEFORE), `${versions}`);
    await migrate(options);
    assert.equal((await contentOf(directory, network))?.hash, await hashFromScratch(chain, network));
    assert.equal(await versionIn(kept), BEFORE);
    assert.deepEqual((await readdir(folder)).sort(), ["index", `index.v${BEFORE}`, "now"]);
  });
}

test("a copy that a node could not use never takes the place of the former one", async (t) => {
  const { directory, options } = await olderIndex(t);
  const lossy: Migration = {
    ...INVENTED,
    async migrate(from, to) {
      const [, ...rest] = await from.iterator({ gte: "7863", lt: "7864" }).all();
      for (const [key, value] of [...rest, ...(await from.iterator({ gte: "786c", lt: "786d" }).all())]) {
        await put(to, key.slice(2), value);
      }
    },
  };
  await assert.rejects(migrate({ ...options, migrations: only(lossy) }), { code: "STORE_CORRUPT" });
  assert.equal(await versionIn(directory), BEFORE);
});

test("a version that no way leads from, another network's index, and a place that is taken are refused", async (t) => {
  const { directory, options, kept } = await olderIndex(t);
  await assert.rejects(migrate({ ...options, migrations: new Map() }), { code: "SCHEMA_VERSION" });
  const network = chainOf(1, { salt: 2 }).network();
  await assert.rejects(migrate({ ...options, network }), { code: "NETWORK_MISMATCH" });
  await mkdir(kept);
  await assert.rejects(migrate(options), { code: "STORE_NOT_EMPTY" });
  assert.equal(await versionIn(directory), BEFORE);
});

/** Of later versions there are indexes that they wrote: see v3.test.ts and v4.test.ts. */
for (const version of [1, 2]) {
  test(`a node on a directory of version ${version} reads everything again, and keeps the former index`, async (t) => {
    const { directory, chain, network } = await olderIndex(t, version);
    const node = await runningNode(t, directory, { network, readers: [chain] });
    await until(() => node.report().digest?.hash === chain.tip.hash);
    assert.equal((await node.contentHash())?.hash, await hashFromScratch(chain, network));
    assert.equal(await versionIn(`${directory}.v${version}`), version);
  });
}
