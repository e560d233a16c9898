/** Bounds of the pauses, in milliseconds. */
export interface Pauses {
  /** The first after a success. */
  readonly first: number;
  readonly longest: number;
}

/** Between two tries to follow a chain: it is followed again within 2 s after its server returned. */
const PAUSES: Pauses = { first: 250, longest: 2_000 };

/** Pauses between tries: twice as long after each failure, and never quite the same, so that nodes do not march in step. */
export class Backoff {
  readonly #random: () => number;
  readonly #pauses: Pauses;
  #failures = 0;

  /** @param random gives numbers from 0 on, below 1. */
  constructor(random: () => number, pauses = PAUSES) {
    this.#random = random;
    this.#pauses = pauses;
  }

  /** Milliseconds to wait after one more failure. */
  next(): number {
    const longest = Math.min(this.#pauses.longest, this.#pauses.first * 2 ** this.#failures++);
    return Math.round((longest * (1 + this.#random())) / 2);
  }

  reset(): void {
    this.#failures = 0;
  }
}
