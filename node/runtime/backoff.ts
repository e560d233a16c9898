export interface Pauses {
  /** The longest pause after the first failure; both are in milliseconds. */
  readonly first: number;
  readonly longest: number;
}

/** Pauses of following a chain: it is followed again within 2 s after its server returned. */
const PAUSES: Pauses = { first: 250, longest: 2_000 };

/** Pauses between tries: twice as long after each failure, with a random part, so that nodes do not retry at the same moments. */
export class Backoff {
  readonly #random: () => number;
  readonly #pauses: Pauses;
  #failures = 0;

  /** @param random returns numbers from 0 on, below 1. */
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
