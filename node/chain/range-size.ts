/** Blocks asked for at once at first; ranges of this size are read fastest. */
export const FIRST_RANGE = 1_000;

/** Most blocks asked for at once; Besu refuses more by default. */
export const MAX_RANGE = 5_000;

/** Ranges read at a size before a larger one is tried again, after one was refused. */
export const PATIENCE = 8;

/** How many blocks to ask a chain's logs of at once: half as many after any failure, twice as many after a success. */
export class RangeSize {
  #blocks = FIRST_RANGE;
  #patience = 0;

  get blocks(): number {
    return this.#blocks;
  }

  succeeded(): void {
    if (this.#patience > 0) this.#patience--;
    else this.#blocks = Math.min(MAX_RANGE, this.#blocks * 2);
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
