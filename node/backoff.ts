/** Milliseconds of the first pause after a failure. */
const FIRST_PAUSE = 250;

/** Longest pause, in milliseconds. */
const LONGEST_PAUSE = 15_000;

/** Pauses between tries: twice as long after each failure, and never quite the same, so that nodes do not march in step. */
export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random gives numbers from 0 on, below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.#failures++);
    return Math.round((longest * (1 + this.#random())) / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
