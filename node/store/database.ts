import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Level } from "level";
import { StoreError, storeError } from "./store-error.ts";

/** Keys and values are hex digits here and bytes on the disk. */
export const ENCODINGS = { keyEncoding: "hex", valueEncoding: "hex" } as const;

/** What the store needs of an ordered key-value database; `level` and `memory-level` with {@link ENCODINGS} are such. */
export interface Database extends AsyncDisposable {
  getSync(key: string, options?: { snapshot?: Snapshot }): string | undefined;
  /** Values in the order of the keys; `undefined` for a key that is not there. */
  getMany(keys: string[], options?: { snapshot?: Snapshot }): Promise<(string | undefined)[]>;
  iterator(options: Scan): Entries;
  batch(): Batch;
  snapshot(): Snapshot;
  /** Bytes that it holds in memory: what was written recently, and what it keeps of its tables. */
  memory(): number;
  close(): Promise<void>;
}

/** Keys from `gte` on, below `lt`. */
export interface Scan {
  readonly gte?: string;
  readonly lt?: string;
  readonly limit?: number;
  /** From the last key to the first. */
  readonly reverse?: boolean;
  readonly snapshot?: Snapshot;
}

export interface Entries extends AsyncDisposable {
  /** The next entries in key order, at most so many; none at the end. */
  nextv(size: number): Promise<[key: string, value: string][]>;
  all(): Promise<[key: string, value: string][]>;
}

/** All entries of a scan that finds few. */
export async function allOf(database: Database, scan: Scan): Promise<[key: string, value: string][]> {
  await using entries = database.iterator(scan);
  return await entries.all();
}

/** Writes that happen all or not at all. With `sync` they outlast a power cut once `write` is done. */
export interface Batch {
  /** @param value the bytes, or hex digits of them. */
  put(key: string, value: string | Buffer): unknown;
  del(key: string): unknown;
  write(options: { sync: boolean }): Promise<void>;
}

/** The database as it was at one moment. */
export interface Snapshot extends AsyncDisposable {
  ref(): void;
  unref(): void;
  /** Waits for reads that began. */
  close(): Promise<void>;
}

/**
 * What LevelDB gathers in memory and in its journal before it writes a table. 16 times its default: tables that are written
 * later are merged less often, which is most of what writing an index costs.
 */
const WRITE_BUFFER_BYTES = 67_108_864;

/** Blocks of tables that LevelDB keeps in memory as they were before they were compressed. Its default is an eighth. */
const CACHE_BYTES = 67_108_864;

/** How LevelDB is opened. */
export const LEVEL_OPTIONS = { writeBufferSize: WRITE_BUFFER_BYTES, cacheSize: CACHE_BYTES };

/** `Level` as it is on a disk, which is the `ClassicLevel` of classic-level: the package's types have only what browsers have, too. */
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

/** A LevelDB that reports its memory, and leaves no journal when it is closed: a large one takes a while to be read back. */
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
      // Nothing more is written where another process may have opened what is there by now.
      const isOurs = this.status === "open" && (await lockOf(this.location)) === this.#lock;
      // Whatever range is compacted, memory is written to a table first. No key is in this one.
      if (isOurs) await this.compactRange("7f", "7f");
    } finally {
      await super.close();
    }
  }
}

/**
 * Which file is the lock of a LevelDB: who has the directory open holds that file, whatever is there under its name later.
 * `undefined` when there is none.
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
 * Opens a LevelDB in a directory, which is made when missing.
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
    throw new StoreError(
      "STORE_MISSING",
      `The data directory ${directory} is not there and can't be made (${(error.cause as Error).message}): ${advice}`,
      {
        cause,
      },
    );
  }
  return database;
}

/**
 * Removes a closed LevelDB: its own files, and the directory when nothing else is in it.
 * @throws StoreError STORE_LOCKED or STORE_IO
 */
export async function removeLevel(directory: string): Promise<void> {
  try {
    await DiskLevel.destroy(directory);
  } catch (error) {
    throw storeError(error, directory);
  }
}
