import { randomBytes } from "node:crypto";

/** Most nonces that are out at once: for each one more the oldest is forgotten. */
export const MAX_NONCES = 10_000;

/** Seconds for which a nonce is good: as long as a visitor takes to look at a phone. */
export const NONCE_SECONDS = 120;

/** A nonce that was given out. */
export interface GivenNonce {
  readonly nonce: string;
  /** First second, in Unix time, in which it is not taken any more. */
  readonly expiresAt: number;
}

/** Nonces that a gate gives out, each for one check. */
export class Nonces {
  readonly #now: () => number;
  /** By age. */
  readonly #given = new Map<string, number>();

  /** @param now Unix time in seconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  give(): GivenNonce {
    const nonce = randomBytes(24).toString("base64url");
    const expiresAt = this.#now() + NONCE_SECONDS;
    for (const [oldest] of this.#given) {
      if (this.#given.size < MAX_NONCES) break;
      this.#given.delete(oldest);
    }
    this.#given.set(nonce, expiresAt);
    return { nonce, expiresAt };
  }

  /** Whether a nonce was given out and is still good; it is not any more after this. */
  take(nonce: string): boolean {
    const expiresAt = this.#given.get(nonce);
    this.#given.delete(nonce);
    return expiresAt !== undefined && this.#now() < expiresAt;
  }
}
