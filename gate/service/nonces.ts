import { randomBytes } from "node:crypto";

/** Most nonces that are open at a time: each further one drops the oldest. */
export const MAX_NONCES = 10_000;

/** Seconds for which a nonce is valid, which is time for a visitor to use a phone. */
export const NONCE_SECONDS = 120;

/** A nonce that was issued. */
export interface GivenNonce {
  readonly nonce: string;
  /** First second, in Unix time, in which it is no longer valid. */
  readonly expiresAt: number;
}

/** Issues a gate's nonces, each for one check. */
export class Nonces {
  readonly #now: () => number;
  /** Expiry by nonce, the oldest first. */
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

  /**
   * Whether a nonce was issued and is still valid; the call uses it up. After the clock was set back, one that would be valid for
   * longer than {@link NONCE_SECONDS} is not.
   */
  take(nonce: string): boolean {
    const expiresAt = this.#given.get(nonce);
    this.#given.delete(nonce);
    if (expiresAt === undefined) return false;
    const left = expiresAt - this.#now();
    return left > 0 && left <= NONCE_SECONDS;
  }
}
