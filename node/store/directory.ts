import { mkdir, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { syncDirectory } from "../files/sync-directory.ts";
import { freeBytes } from "../runtime/disk.ts";
import { type Database, lockOf, openLevel, removeLevel } from "./database.ts";
import { moveOlderIndex } from "./older-index.ts";
import { full, StoreError, storeError, withStoreErrors } from "./store-error.ts";

/** Bytes that have to be free before writing resumes after the disk was full: two tables of LevelDB. */
const ROOM_BYTES = 4_194_304;

/** Name of the file that is written to test whether there is room. LevelDB ignores it. */
const PROBE = "room.tmp";

export interface DirectoryOptions {
  readonly path: string;
  readonly network: NetworkDescriptor;
  readonly logger: Logger;
  readonly openDatabase?: ((directory: string) => Promise<Database>) | undefined;
}

/** The data directory of a running node: opens the index in it, and detects whether it was removed or replaced. */
export class IndexDirectory {
  readonly #options: DirectoryOptions;
  readonly #openDatabase: (directory: string) => Promise<Database>;
  /** Where the index is. An index beside it has to be on the same disk, so links are followed. */
  #path: string;
  #lock: string | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#openDatabase = options.openDatabase ?? openLevel;
    this.#path = options.path;
  }

  /**
   * Opens the index. One that an older version wrote is moved away first, and an empty one is opened.
   * @throws StoreError, NetworkMismatchError when the directory can't be used.
   */
  async open(): Promise<Database> {
    const { path, network, logger } = this.#options;
    this.#path = await realpath(path).catch(() => path);
    const kept = await moveOlderIndex(this.#path, network);
    if (kept !== undefined) {
      logger.warn({ kept }, "the index of an older version is kept; everything is read from the chain again");
    }
    const database = await this.#openDatabase(this.#path);
    this.#lock = await lockOf(this.#path);
    // A killed process may have left an index beside this one. No other process uses that, as this one holds the lock.
    await this.removeBeside();
    return database;
  }

  /** @throws StoreError STORE_MISSING when the directory is no longer the one that was opened, so that writes to it are lost. */
  async expectInPlace(): Promise<void> {
    if ((await lockOf(this.#path)) === this.#lock) return;
    throw new StoreError(
      "STORE_MISSING",
      `The data directory ${this.#path}, or its lock, was removed or replaced while the node had it open: it is opened ` +
        "again. If another process has it open, stop that process, or set MAPAE_DATA_DIR to another directory",
    );
  }

  /** @throws StoreError STORE_FULL or STORE_IO while an index can't be written here. */
  async expectRoom(): Promise<void> {
    const probe = join(this.#path, PROBE);
    try {
      await mkdir(this.#path, { recursive: true });
      const free = await freeBytes(this.#path);
      if (free < ROOM_BYTES) throw full(`${free} bytes are free, wanted ${ROOM_BYTES}`);
      // A quota is noticed only by writing.
      await writeFile(probe, Buffer.alloc(ROOM_BYTES, 1), { flush: true });
    } catch (error) {
      throw storeError(error, this.#path);
    } finally {
      await rm(probe, { force: true });
    }
  }

  /** Opens an empty index beside this one, after removing an earlier one there. */
  async openBeside(): Promise<Database> {
    await this.removeBeside();
    return this.#openDatabase(this.#beside);
  }

  /** Removes the closed index beside this one. */
  removeBeside(): Promise<void> {
    return removeLevel(this.#beside);
  }

  /**
   * Replaces this index with the one beside it; both are closed. When the process is killed during this, no index is left,
   * and the next start reads everything from the chain.
   * @throws StoreError STORE_MISSING when the index beside this one was removed; this one is unchanged then.
   */
  async takeBeside(): Promise<void> {
    if ((await lockOf(this.#beside)) === undefined) {
      const advice = "leave it alone: it is made and removed by the node";
      throw new StoreError("STORE_MISSING", `The index that was read again in ${this.#beside} is gone: ${advice}`);
    }
    await withStoreErrors(async () => {
      const names = (await readdir(this.#beside)).filter((name) => name !== "LOCK" && name !== "CURRENT");
      await removeLevel(this.#path);
      await mkdir(this.#path, { recursive: true });
      // CURRENT comes last: with it the directory counts as an index.
      for (const name of [...names, "CURRENT"]) await rename(join(this.#beside, name), join(this.#path, name));
      await syncDirectory(this.#path);
      await rm(this.#beside, { recursive: true });
    }, this.#path);
  }

  get #beside(): string {
    return `${this.#path}.rebuild.tmp`;
  }
}
