import { readdir } from "node:fs/promises";
import { CheckedDatabase } from "../store/checked-database.ts";
import { removeLevel } from "../store/database.ts";
import { readMeta } from "../store/meta.ts";
import { StoreError } from "../store/store-error.ts";
import { readTip } from "../store/tip.ts";

/** Names of the files that LevelDB creates in its directory. */
const LEVELDB_FILE = /^(?:CURRENT|LOCK|LOG|LOG\.old|MANIFEST-\d+|\d+\.(?:ldb|log|sst|dbtmp))$/;

/**
 * Makes sure that a directory is free for a restore. The remains of an interrupted restore are removed, and so is an index
 * that is empty or was not compared with the chain yet: a restore that is killed at its beginning or end leaves such an
 * index, and no node serves it. Nothing else is removed.
 * @throws StoreError STORE_NOT_EMPTY, or an error of opening the directory.
 */
export async function clearTarget(directory: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return;
    throw new StoreError("STORE_IO", `Can't look into ${directory}: ${(cause as Error).message}`, { cause });
  }
  if (names.length === 0) return;
  const stranger = names.find((name) => !LEVELDB_FILE.test(name));
  if (stranger !== undefined) throw notEmpty(directory, `${stranger} is in it`);
  await expectNotCompared(directory);
  await removeLevel(directory);
}

async function expectNotCompared(directory: string): Promise<void> {
  await using database = await CheckedDatabase.open(directory);
  const meta = await readMeta(database);
  const isWhole = meta !== undefined && meta.unfinished === undefined;
  if (isWhole && readTip(database)?.verified === true)
    throw notEmpty(directory, `it holds the index of ${meta.network}`);
}

function notEmpty(directory: string, what: string): StoreError {
  const advice = "stop the node and move the directory away, or set MAPAE_DATA_DIR to another";
  return new StoreError(
    "STORE_NOT_EMPTY",
    `A backup is restored into an empty directory only; ${directory} is not, ${what}: ${advice}`,
  );
}
