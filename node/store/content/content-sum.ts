import { hash } from "node:crypto";
import { type Hash, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { HISTORY, isIn, isReplaced } from "../keys.ts";
import type { Change } from "./states.ts";

/**
 * What the content of an index adds up to. It is carried on from commit to commit, and tells what was lost or altered:
 * - `history`: SHA-256 of the one before and an event, from 32 zero bytes on, event by event;
 * - `present`: the sum modulo 2^256 of the SHA-256 of each state, bucket of entries and chunk, which need no order. Each of them
 *   takes the place of an older one, which LevelDB keeps for a while: a table that a disk altered can show that again, whole and
 *   with a good checksum of its own.
 */
export interface Sums {
  readonly history: Hash;
  readonly present: Hash;
}

export const NO_SUMS: Sums = { history: ZERO_HASH, present: ZERO_HASH };

/** A content hash, and the block that it holds as of. */
export interface ContentHash {
  readonly block: number;
  readonly hash: Hash;
}

/** The content hash: equal on all nodes that hold the same chain, at the same block, however each got there. */
export function contentHashOf({ history, present }: Sums): Hash {
  return `0x${hash("sha256", history.slice(2) + present.slice(2))}`;
}

/** Adds content up. */
export class ContentSum {
  #history: string;
  #present: bigint;

  constructor({ history, present }: Sums) {
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

  get sums(): Sums {
    const present = BigInt.asUintN(256, this.#present).toString(16).padStart(64, "0");
    return { history: `0x${this.#history}`, present: `0x${present}` };
  }
}

/** The length of a key follows from its beginning: no two entries are the same text. */
function entryHash(key: string, digits: string): bigint {
  return BigInt(`0x${hashOf(key, digits)}`);
}

/** Room for the texts of most entries, which are written one after the other instead of being copied to a new text each. */
const room = Buffer.allocUnsafeSlow(16_384);

/** SHA-256 of digits, as one text. */
function hashOf(...texts: readonly string[]): string {
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length > room.length) return hash("sha256", texts.join(""));
  let end = 0;
  for (const text of texts) end += room.write(text, end, "latin1");
  return hash("sha256", room.subarray(0, end));
}
