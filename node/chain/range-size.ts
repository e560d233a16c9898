import { MAX_RANGE } from "../../resolver/chain/all-logs.ts";

/** Blocks asked for at once at first: nobody knows yet how many logs are in one. */
export const FIRST_RANGE = 128;

/** Logs wanted of a range, at most: so many are read fastest, fit in memory, and are folded in a fraction of a second. */
export const ENOUGH_LOGS = 4_000;

/** Ranges read at a size before a larger one is tried again, after one was refused. */
export const PATIENCE = 8;

/** How many blocks to ask a chain's logs of at once: half as many after any failure or too many logs, twice as many after few. */
export class RangeSize {
  #blocks = FIRST_RANGE;
  #patience = 0;

  get blocks(): number {
    return this.#blocks;
  }

  /** @param logs how many were in the range. */
  succeeded(logs: number): void {
    if (this.#patience > 0) this.#patience--;
    else if (logs <= ENOUGH_LOGS / 2) this.#blocks = Math.min(MAX_RANGE, this.#blocks * 2);
    if (logs > ENOUGH_LOGS) this.failed();
  }

  /** Something went wrong that has to do with the size, or has not. */
  failed(): void {
    this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
  }

  /** The server said that it was too much: it will say so again. */
  refused(): void {
    this.failed();
    this.#patience = PATIENCE;
  }
}
