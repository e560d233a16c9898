import type { Folded } from "../fold.ts";
import { presentOf } from "./content.ts";
import { checksumOf } from "./keys.ts";

/**
 * The sum of the checksums of all states and words, modulo 2^32. Each of them takes the place of an older one, which LevelDB
 * keeps for a while: a table that a disk altered can show that again, whole and with a good checksum of its own.
 */
export type PresentSum = number;

/** The sum after one more of them. */
export function addPresent(sum: PresentSum, key: string, json: string): PresentSum {
  return (sum + checksumOf(key, json)) >>> 0;
}

/** The sum after some events. */
export function presentAfter(sum: PresentSum, folded: Pick<Folded, "states" | "words" | "replaced">): PresentSum {
  let after = sum;
  for (const [key, json] of presentOf(folded)) after = addPresent(after, key, json);
  for (const [key, json] of presentOf(folded.replaced)) after = (after - checksumOf(key, json)) >>> 0;
  return after;
}
