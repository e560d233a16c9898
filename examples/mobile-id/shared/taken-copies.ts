import { createHmac, randomBytes } from "node:crypto";
import { Expiring } from "./expiring.ts";

/** No copy of a card holds for longer, in milliseconds. */
const LIFE_MS = 14 * 86_400_000;

/** Most copies that are remembered: of a place that takes more the oldest are forgotten first. */
const MOST = 1_000_000;

/**
 * The copies of cards that a place took. A copy is for one use; one that comes again is of a wallet that has no other one left, or of
 * somebody who copied the wallet. Kept are keyed hashes, in memory: they say nothing to anybody else, and end with the process.
 */
export class TakenCopies {
  readonly #key = randomBytes(32);
  readonly #taken = new Expiring<true>({ lifeMs: LIFE_MS, most: MOST });

  /**
   * Takes a copy.
   *
   * @param claims of a credential whose key binding is good.
   * @returns `false` when it was taken before.
   */
  take({ cnf }: Readonly<Record<string, unknown>>): boolean {
    const { x, y } = (cnf as { jwk: { x: string; y: string } }).jwk;
    const copy = createHmac("sha256", this.#key).update(`${x}.${y}`).digest("base64url");
    if (this.#taken.get(copy)) return false;
    this.#taken.set(copy, true);
    return true;
  }
}
