import type { RecentBlocks } from "../index/recent-blocks.ts";
import type { CheckedDatabase } from "./checked-database.ts";
import type { Writes } from "./content/content-after.ts";
import * as keys from "./keys.ts";
import type { Tip } from "./open.ts";
import { jsonRecord, recentRecord } from "./records/records.ts";

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
  readonly #database: CheckedDatabase;
  /** The recent blocks as they are on disk. */
  #saved: RecentBlocks;
  /**
   * Damage that was found, or the error of a write. After a failed write LevelDB's journal may end in half a record, and
   * whatever is appended behind that is lost.
   */
  #failure: unknown;

  constructor(database: CheckedDatabase, saved: RecentBlocks) {
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
    try {
      await this.#database.write(entriesOf({ writes, tip, recent, saved: this.#saved }), { sync });
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    this.#saved = recent;
  }
}

function* entriesOf({ writes, tip, recent, saved }: Omit<Batch, "sync"> & { readonly saved: RecentBlocks }): Writes {
  for (const { number, hash } of saved) {
    if (recent.at(number)?.hash === hash) continue;
    yield [keys.recentKey(number), null];
    yield [keys.undoKey(number), null];
  }
  for (const block of recent) {
    if (saved.at(block.number)?.hash !== block.hash) yield [keys.recentKey(block.number), recentRecord(block)];
  }
  yield* writes;
  yield [keys.TIP_KEY, jsonRecord(tip)];
}
