import { createHmac, randomBytes } from "node:crypto";
import { Expiring } from "./expiring.ts";

/** Longest validity of a copy of a card, in milliseconds. */
const LIFE_MS = 14 * 86_400_000;

/** Most copies that are stored; beyond it the oldest is dropped, since only holders of valid cards can fill the store. */
const MAX_COPIES = 1_000_000;

/**
 * The copies of cards that a place accepted. A copy is for one use. A repeated one comes from a wallet that has no other copy
 * left, or from a copied wallet. Only keyed hashes are stored, in memory: they are useless to anybody else, and are gone with
 * the process.
 */
export class UsedCopies {
  readonly #key = randomBytes(32);
  readonly #used = new Expiring<true>({ lifeMs: LIFE_MS, most: MAX_COPIES, dropsOldest: true });

  /**
   * Records a copy.
   *
   * @param claims of a credential with a valid key binding.
   * @returns `false` when it was recorded before.
   */
  record({ cnf }: Readonly<Record<string, unknown>>): boolean {
    const { jwk } = cnf as { readonly jwk: Readonly<Record<string, unknown>> };
    const copy = createHmac("sha256", this.#key).update(JSON.stringify(jwk)).digest("base64url");
    if (this.#used.get(copy)) return false;
    this.#used.set(copy, true);
    return true;
  }
}
