import { existsSync } from "node:fs";
import { rename as renameFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { openLevel, removeLevel } from "../database.ts";
import { SCHEMA_VERSION } from "../keys.ts";
import { expectNetwork, type Meta, metaOf, readMeta, writeMeta } from "../meta.ts";
import { IndexStore } from "../store.ts";
import { REBUILD, StoreError, storeError } from "../store-error.ts";
import { syncDirectory } from "../sync-directory.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";

export interface MigrateOptions {
  readonly directory: string;
  readonly network: NetworkDescriptor;
  readonly migrations?: ReadonlyMap<number, Migration>;
  /** Replaces the rename of the file system. */
  readonly rename?: (from: string, to: string) => Promise<void>;
}

/** What was done to a data directory. */
export interface Migrated {
  /** For the log. */
  readonly what: string;
  /** Directory to which the former index was moved; the node no longer reads it. */
  readonly kept: string;
}

/**
 * Migrates a data directory of an older schema version to this one. A copy beside it is written and read through, then two
 * renames swap it with the old directory, which is kept. A process that is killed in between leaves the old or the new one
 * complete, and the next call finishes.
 *
 * @returns `undefined` when no migration was needed.
 * @throws StoreError, NetworkMismatchError; the old directory is unchanged then.
 */
export async function migrate(options: MigrateOptions): Promise<Migrated | undefined> {
  const { directory, network, migrations = MIGRATIONS, rename = renameFile } = options;
  const swap = async (from: string, to: string) => {
    try {
      await rename(from, to);
      await syncDirectory(dirname(to));
    } catch (error) {
      throw storeError(error, `${from}, to call it ${to},`);
    }
  };
  const copy = `${directory}.v${SCHEMA_VERSION}.tmp`;
  // A process was killed between the two renames: the old directory is moved away only when the copy is complete.
  if (!isLevel(directory) && (await metaIn(copy)) !== undefined) await swap(copy, directory);

  const meta = await metaIn(directory);
  if (meta === undefined || meta.schemaVersion >= SCHEMA_VERSION) return undefined;
  expectNetwork(meta, network, "The data directory");
  const migration = migrations.get(meta.schemaVersion);
  if (migration === undefined) {
    throw new StoreError(
      "SCHEMA_VERSION",
      `There is no migration from schema version ${meta.schemaVersion} to this one: ${REBUILD}`,
    );
  }
  const kept = `${directory}.v${meta.schemaVersion}`;
  if (existsSync(kept)) {
    throw new StoreError("STORE_NOT_EMPTY", `${kept} is there, where ${directory} is to be kept: remove it`);
  }
  await makeCopy(copy, { ...options, migration });
  await expectWhole(copy, network);
  await swap(directory, kept);
  await swap(copy, directory);
  return { what: migration.what, kept };
}

async function makeCopy(
  copy: string,
  { directory, network, migration }: MigrateOptions & { readonly migration: Migration },
): Promise<void> {
  await removeLevel(copy); // a killed process may have left it
  await using from = await openLevel(directory);
  await using to = await openLevel(copy);
  await migration.migrate(from, to, network);
  // Written last: it marks the copy as complete.
  await writeMeta(to, metaOf(network));
}

/** @throws StoreError when a node could not use the directory. */
async function expectWhole(directory: string, network: NetworkDescriptor): Promise<void> {
  await using database = await openLevel(directory);
  const store = await IndexStore.open(database, network);
  await store.verify();
  await store.close();
}

/** `undefined` when the directory holds no LevelDB, or an empty one. */
async function metaIn(directory: string): Promise<Meta | undefined> {
  if (!isLevel(directory)) return undefined;
  await using database = await openLevel(directory);
  return await readMeta(database);
}

function isLevel(directory: string): boolean {
  return existsSync(join(directory, "CURRENT"));
}
