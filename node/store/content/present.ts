import { checksumOf } from "../keys.ts";
import type { Content } from "./content.ts";

/**
 * The sum of the checksums of all states and words, modulo 2^32. Each of them takes the place of an older one, which LevelDB
 * keeps for a while: a table that a disk altered can show that again, whole and with a good checksum of its own.
 */
export type PresentSum = number;

/** The sum after one more of them. */
export function addPresent(sum: PresentSum, key: string, json: string): PresentSum {
  return (sum + checksumOf(key, json)) >>> 0;
}

/** The sum after some of them were written, and some of these in the place of others. */
export function presentAfter(sum: PresentSum, written: Content, replaced: Content): PresentSum {
  let after = sum;
  for (const [key, json] of written) after = addPresent(after, key, json);
  for (const [key, json] of replaced) after = (after - checksumOf(key, json)) >>> 0;
  return after;
}
