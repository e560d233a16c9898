import { MAX_RANGE } from "../../resolver/chain/all-logs.ts";

/** Blocks of the first range, before it is known how many logs a block has. */
export const FIRST_RANGE = 128;

/**
 * Maximum number of logs wanted in a range: this many are read fastest, fit in memory, and are folded in a fraction of a
 * second.
 */
export const ENOUGH_LOGS = 4_000;

/** Ranges to read after a refusal before a larger size is tried again. */
export const RANGES_AFTER_REFUSAL = 8;

/** Number of blocks per request for logs. It is halved after any failure or too many logs, and doubled after few logs. */
export class RangeSize {
  #blocks = FIRST_RANGE;
  #rangesBeforeGrowth = 0;

  get blocks(): number {
    return this.#blocks;
  }

  /** @param logs number of logs in the range. */
  succeeded(logs: number): void {
    if (this.#rangesBeforeGrowth > 0) this.#rangesBeforeGrowth--;
    else if (logs <= ENOUGH_LOGS / 2) this.#blocks = Math.min(MAX_RANGE, this.#blocks * 2);
    if (logs > ENOUGH_LOGS) this.failed();
  }

  /** To be called after any failure, even if the size is not its reason. */
  failed(): void {
    this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
  }

  /** To be called when the server refused the range as too large, which it would do again. */
  refused(): void {
    this.failed();
    this.#rangesBeforeGrowth = RANGES_AFTER_REFUSAL;
  }
}
