import type { RecentBlocks } from "../index/recent-blocks.ts";
import type { Writes } from "./content/content-after.ts";
import type { Database } from "./database.ts";
import * as keys from "./keys.ts";
import type { Tip } from "./open.ts";
import { jsonRecord, recentRecord, sealed } from "./records/records.ts";
import { storeError } from "./store-error.ts";

/** What one atomic batch writes. */
export interface Batch {
  /** Content, and the records that undo it. */
  readonly writes: Writes;
  readonly tip: Tip;
  readonly recent: RecentBlocks;
  /** Whether the batch has to survive a power cut once it is written. */
  readonly sync: boolean;
}

/**
 * Writes the index. Each batch is atomic, and includes the new tip and recent blocks. After a failure nothing more is
 * written.
 */
export class BatchWriter {
  readonly #database: Database;
  /** The recent blocks as they are on disk. */
  #saved: RecentBlocks;
  /**
   * Damage that was found, or the error of a write. After a failed write LevelDB's journal may end in half a record, and
   * whatever is appended behind that is lost.
   */
  #failure: unknown;

  constructor(database: Database, saved: RecentBlocks) {
    this.#database = database;
    this.#saved = saved;
  }

  /** Number of the newest block on disk; -1 when there is none. */
  get newest(): number {
    return this.#saved.tip?.number ?? -1;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Refuses all later writes. */
  fail(failure: unknown): void {
    this.#failure = failure;
  }

  /** Throws the failure, if there was one. */
  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** @throws StoreError */
  async write({ writes, tip, recent, sync }: Batch): Promise<void> {
    this.throwIfFailed();
    const batch = this.#database.batch();
    for (const { number, hash } of this.#saved) {
      if (recent.at(number)?.hash === hash) continue;
      batch.del(keys.recentKey(number));
      batch.del(keys.undoKey(number));
    }
    for (const block of recent) {
      const key = keys.recentKey(block.number);
      if (this.#saved.at(block.number)?.hash !== block.hash) batch.put(key, sealed(key, recentRecord(block)));
    }
    for (const [key, digits] of writes) {
      if (digits === null) batch.del(key);
      else batch.put(key, sealed(key, digits));
    }
    batch.put(keys.TIP_KEY, sealed(keys.TIP_KEY, jsonRecord(tip)));
    try {
      await batch.write({ sync });
    } catch (error) {
      this.#failure = storeError(error);
      throw this.#failure;
    }
    this.#saved = recent;
  }
}
