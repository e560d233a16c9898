import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Level } from "level";
import { StoreError, storeError, withStoreErrors } from "./store-error.ts";

/** Keys and values are hex digits in the program and bytes on disk. */
export const ENCODINGS = { keyEncoding: "hex", valueEncoding: "hex" } as const;

/** What the store needs of an ordered key-value database; `level` and `memory-level` with {@link ENCODINGS} provide it. */
export interface Database extends AsyncDisposable {
  getSync(key: string, options?: { snapshot?: Snapshot }): string | undefined;
  /** Values in the order of the given keys; `undefined` for a missing key. */
  getMany(keys: string[], options?: { snapshot?: Snapshot }): Promise<(string | undefined)[]>;
  iterator(options: Scan): Entries;
  batch(): Batch;
  /** Removes the entries of a range. Not atomic, and not synced. */
  clear(range: { readonly lt: string } | { readonly gt: string }): Promise<void>;
  snapshot(): Snapshot;
  /** Bytes that the database holds in memory: its write buffer and its cache of tables. */
  memory(): number;
  close(): Promise<void>;
}

/** Keys from `gte` on, below `lt`. */
export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

/** Which entries to read; by default all. */
export interface Scan extends Partial<KeyRange> {
  readonly limit?: number;
  /** From the last key to the first. */
  readonly reverse?: boolean;
  readonly snapshot?: Snapshot;
}

export interface Entries extends AsyncDisposable {
  /** The next entries in the order of the scan, at most `size`; an empty array at the end. */
  nextv(size: number): Promise<[key: string, value: string][]>;
  /** All entries, after which the scan is closed. */
  all(): Promise<[key: string, value: string][]>;
}

/** Writes that are applied atomically. With `sync` they survive a power cut once `write` is done. */
export interface Batch {
  /** @param value the bytes, or hex digits of them. */
  put(key: string, value: string | Buffer): unknown;
  del(key: string): unknown;
  write(options: { sync: boolean }): Promise<void>;
}

/** A read-only view of the database as of one moment. */
export interface Snapshot extends AsyncDisposable {
  /** Waits for reads that are under way. */
  close(): Promise<void>;
}

/**
 * Bytes that LevelDB collects in memory and in its journal before it writes a table. This is 16 times the default: with
 * larger tables LevelDB merges less often, and merging is most of the cost of writing an index.
 */
const WRITE_BUFFER_BYTES = 67_108_864;

/** Bytes of uncompressed blocks of tables that LevelDB caches. The default is an eighth of this. */
const CACHE_BYTES = 67_108_864;

export const LEVEL_OPTIONS = { writeBufferSize: WRITE_BUFFER_BYTES, cacheSize: CACHE_BYTES };

/** `Level` on Node.js is the `ClassicLevel` of classic-level, but the types of `level` cover only what browsers support, too. */
const DiskLevel = Level as unknown as {
  new (
    directory: string,
    options: object,
  ): Level<string, string> & {
    compactRange(start: string, end: string): Promise<void>;
    getProperty(property: string): string;
  };
  destroy(directory: string): Promise<void>;
};

/** A LevelDB that reports its memory, and leaves no journal when it is closed, because a large journal delays the next start. */
class OwnLevel extends DiskLevel {
  #lock: string | undefined;

  override async open(options: Parameters<Level["open"]>[0] = {}): Promise<void> {
    await super.open(options);
    this.#lock = await lockOf(this.location);
  }

  memory(): number {
    return Number(this.getProperty("leveldb.approximate-memory-usage"));
  }

  override async close(): Promise<void> {
    try {
      // When the lock file was replaced, another process may have opened the directory: nothing more is written to it.
      const isOurs = this.status === "open" && (await lockOf(this.location)) === this.#lock;
      // Compacting any range first writes the memory to a table. This range has no keys.
      if (isOurs) await this.compactRange("7f", "7f");
    } finally {
      await super.close();
    }
  }
}

/**
 * Identifies the lock file of a LevelDB by device and inode. The process that has the directory open keeps holding this
 * file, even after another file took its name. `undefined` when there is none.
 */
export async function lockOf(directory: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(join(directory, "LOCK"), { bigint: true });
    return `${dev} ${ino}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw storeError(error, directory);
  }
}

/**
 * Opens a LevelDB in a directory, which is created when it is missing.
 * @throws StoreError STORE_MISSING, STORE_LOCKED, STORE_CORRUPT, STORE_FULL or STORE_IO
 */
export async function openLevel(directory: string): Promise<Database> {
  const database = new OwnLevel(directory, { ...ENCODINGS, ...LEVEL_OPTIONS } as object);
  try {
    await database.open();
  } catch (cause) {
    const error = storeError(cause, directory);
    if (!(error instanceof StoreError) || error.code === "STORE_FULL" || existsSync(directory)) throw error;
    const advice = "mount the disk that it is on, check the rights, or set MAPAE_DATA_DIR to another directory";
    const problem = `The data directory ${directory} is not there and can't be made (${(error.cause as Error).message})`;
    throw new StoreError("STORE_MISSING", `${problem}: ${advice}`, { cause });
  }
  return database;
}

/**
 * Removes a closed LevelDB: its own files, and the directory when it contains nothing else.
 * @throws StoreError STORE_LOCKED or STORE_IO
 */
export function removeLevel(directory: string): Promise<void> {
  return withStoreErrors(() => DiskLevel.destroy(directory), directory);
}
