/** Blocks asked for at once at first; ranges of this size are read fastest. */
export const FIRST_RANGE = 1_000;

/** Most blocks asked for at once; Besu refuses more by default. */
export const MAX_RANGE = 5_000;

/** How many blocks to ask a chain's logs of at once: half as many after any error, twice as many after a success. */
export class RangeSize {
  #blocks = FIRST_RANGE;

  get blocks(): number {
    return this.#blocks;
  }

  grow(): void {
    this.#blocks = Math.min(MAX_RANGE, this.#blocks * 2);
  }

  shrink(): void {
    this.#blocks = Math.max(1, Math.floor(this.#blocks / 2));
  }
}
