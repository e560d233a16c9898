import { existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { syncDirectory } from "../files/sync-directory.ts";
import { CheckedDatabase } from "./checked-database.ts";
import { SCHEMA_VERSION } from "./keys.ts";
import { expectNetwork, type Meta, readMeta } from "./meta.ts";
import { StoreError, withStoreErrors } from "./store-error.ts";

/**
 * Renames a data directory that an older version of Mapae wrote. All its content is on the chain, from which a new index is
 * read.
 *
 * @returns the new name, which ends with the schema version; `undefined` when there is no older index.
 * @throws StoreError, NetworkMismatchError; the directory is unchanged then.
 */
export async function moveOlderIndex(directory: string, network: NetworkDescriptor): Promise<string | undefined> {
  const meta = await metaIn(directory);
  if (meta === undefined || meta.schemaVersion >= SCHEMA_VERSION) return undefined;
  expectNetwork(meta, network, "The data directory");
  const kept = `${directory}.v${meta.schemaVersion}`;
  if (existsSync(kept)) {
    throw new StoreError("STORE_NOT_EMPTY", `${kept} is there, where ${directory} is to be kept: remove it`);
  }
  const renamed = rename(directory, kept).then(() => syncDirectory(dirname(kept)));
  await withStoreErrors(() => renamed, `${directory}, to call it ${kept},`);
  return kept;
}

/** The record that says whose data a directory holds; `undefined` when it holds no LevelDB, or an empty one. */
export async function metaIn(directory: string): Promise<Meta | undefined> {
  // LevelDB would create a database where there is none.
  if (!existsSync(join(directory, "CURRENT"))) return undefined;
  await using database = await CheckedDatabase.open(directory);
  return await readMeta(database);
}
