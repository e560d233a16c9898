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
  readonly migrations?: readonly Migration[];
  /** In place of the file system's. */
  readonly rename?: (from: string, to: string) => Promise<void>;
}

/** What was done to a data directory. */
export interface Migrated {
  readonly steps: readonly Migration[];
  /** Where the former index is now; nobody reads it any more. */
  readonly kept: string;
}

/**
 * Brings a data directory of an older version to this one's, on a copy beside it: the copy is made and read through, then
 * two renames swap it with the old one, which is kept. A process that is killed on the way leaves the old one or the new
 * one whole, and the next call goes on.
 *
 * @returns `undefined` when there was nothing to do.
 * @throws StoreError, NetworkMismatchError; the old directory is as it was then.
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
  // The old one was moved away, and only a whole copy lets that happen.
  if (!isLevel(directory) && isLevel(copy) && (await metaIn(copy)) !== undefined) await swap(copy, directory);

  const meta = isLevel(directory) ? await metaIn(directory) : undefined;
  if (meta === undefined || meta.schemaVersion >= SCHEMA_VERSION) return undefined;
  expectNetwork(meta, network, "The data directory");
  const kept = `${directory}.v${meta.schemaVersion}`;
  if (existsSync(kept)) {
    throw new StoreError("STORE_NOT_EMPTY", `${kept} is there, where ${directory} is to be kept: remove it`);
  }
  const steps = migrations.filter(({ from }) => from >= meta.schemaVersion && from < SCHEMA_VERSION);
  if (steps.length !== SCHEMA_VERSION - meta.schemaVersion) {
    throw new StoreError(
      "SCHEMA_VERSION",
      `No way leads from schema version ${meta.schemaVersion} to this one: ${REBUILD}`,
    );
  }
  let source = directory;
  for (const step of steps) {
    const next = `${directory}.v${step.from + 1}.tmp`;
    await takeStep(step, { source, next, network });
    if (source !== directory) await removeLevel(source);
    source = next;
  }
  await expectWhole(copy, network);
  await swap(directory, kept);
  await swap(copy, directory);
  return { steps, kept };
}

async function takeStep(
  step: Migration,
  { source, next, network }: { source: string; next: string; network: NetworkDescriptor },
): Promise<void> {
  await removeLevel(next); // what a killed process left
  const from = await openLevel(source);
  try {
    const to = await openLevel(next);
    try {
      await step.migrate(from, to, network);
      // Last: it says that the copy is whole.
      await writeMeta(to, { ...metaOf(network), schemaVersion: step.from + 1 });
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** @throws StoreError when a node could not use it. */
async function expectWhole(directory: string, network: NetworkDescriptor): Promise<void> {
  const database = await openLevel(directory);
  try {
    const store = await IndexStore.open(database, network);
    await store.verify();
    await store.close();
  } finally {
    await database.close();
  }
}

async function metaIn(directory: string): Promise<Meta | undefined> {
  const database = await openLevel(directory);
  try {
    return await readMeta(database);
  } finally {
    await database.close();
  }
}

function isLevel(directory: string): boolean {
  return existsSync(join(directory, "CURRENT"));
}
