import { hash } from "node:crypto";
import { type Hash, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { HISTORY, isIn, isReplaced } from "../keys.ts";
import type { Change } from "./states.ts";

/**
 * Two sums over the content of an index, updated by each commit. They show whether something was lost or altered:
 * - `history`: a hash chain over the events, SHA-256 of the previous hash and the event, beginning with 32 zero bytes;
 * - `present`: the sum modulo 2^256 of the SHA-256 of each state, bucket of entries and chunk, which does not depend on
 *   their order. Each of them replaces an older value, which LevelDB keeps for a while: when a disk alters a table, the
 *   older value can reappear, complete and with a correct checksum.
 */
export interface Checksums {
  readonly history: Hash;
  readonly present: Hash;
}

export const ZERO_CHECKSUMS: Checksums = { history: ZERO_HASH, present: ZERO_HASH };

/** A content hash, and the block as of which it was computed. */
export interface ContentHash {
  readonly block: number;
  readonly hash: Hash;
}

/** The content hash: equal on all nodes that hold the same chain as of the same block, whether by backfill, restore or replay. */
export function contentHashOf({ history, present }: Checksums): Hash {
  return `0x${hash("sha256", history.slice(2) + present.slice(2))}`;
}

/** Computes {@link Checksums}. */
export class ContentChecksums {
  #history: string;
  #present: bigint;

  constructor({ history, present }: Checksums) {
    this.#history = history.slice(2);
    this.#present = BigInt(present);
  }

  /** One more event, in the chain's order. */
  event(key: string, digits: string): void {
    this.#history = hashOf(this.#history, key, digits);
  }

  change({ key, before, after }: Change): void {
    if (before !== null) this.#present -= entryHash(key, before);
    if (after !== null) this.#present += entryHash(key, after);
  }

  /** One entry of the content, in the order of the keys. */
  read(key: string, digits: string): void {
    if (isIn(HISTORY, key)) this.event(key, digits);
    else if (isReplaced(key)) this.#present += entryHash(key, digits);
  }

  get sums(): Checksums {
    const present = BigInt.asUintN(256, this.#present).toString(16).padStart(64, "0");
    return { history: `0x${this.#history}`, present: `0x${present}` };
  }
}

/** Key and digits need no separator: the prefix of a key determines its length, so no two entries give the same text. */
function entryHash(key: string, digits: string): bigint {
  return BigInt(`0x${hashOf(key, digits)}`);
}

/** SHA-256 of the concatenated digits. */
function hashOf(...texts: readonly string[]): string {
  return hash("sha256", texts.join(""));
}
