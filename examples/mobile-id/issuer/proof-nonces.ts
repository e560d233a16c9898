import { createHmac, randomBytes } from "node:crypto";
import { Expiring } from "../shared/expiring.ts";
import { isSame } from "../shared/secrets.ts";

/** Seconds for which a nonce is valid. */
const LIFE = 300;

/** Most used nonces that are remembered. Only wallets with an access token use one. */
const MAX_USED = 100_000;

/**
 * Nonces for the proofs of wallets (OpenID4VCI 1.0, section 7), each good once. A nonce carries its end and a MAC, so that one
 * that was only requested, which anybody can do, takes no memory.
 */
export class ProofNonces {
  readonly #key = randomBytes(32);
  readonly #now: () => number;
  readonly #used: Expiring<true>;

  /** @param now Unix time in milliseconds. */
  constructor(now = Date.now) {
    this.#now = now;
    this.#used = new Expiring<true>({ lifeMs: LIFE * 1_000, most: MAX_USED, now });
  }

  give(): string {
    const end = Math.floor(this.#now() / 1_000) + LIFE;
    const text = `${end}.${randomBytes(16).toString("base64url")}`;
    return `${text}.${this.#mac(text)}`;
  }

  /** Whether a nonce was given, is valid and was not used; the call uses it up. @throws FullError */
  take(nonce: string): boolean {
    const at = nonce.lastIndexOf(".");
    const text = nonce.slice(0, Math.max(0, at));
    if (!isSame(nonce.slice(at + 1), this.#mac(text))) return false;
    const isOver = Number.parseInt(text, 10) <= this.#now() / 1_000;
    if (isOver || this.#used.get(nonce)) return false;
    this.#used.set(nonce, true);
    return true;
  }

  #mac(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("base64url");
  }
}
