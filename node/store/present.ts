import type { Folded } from "../fold.ts";
import { presentOf } from "./content.ts";
import type { Database } from "./database.ts";
import { checksumOf, storedChecksum } from "./keys.ts";
import { storeError } from "./store-error.ts";

/**
 * The sum of the checksums of all states and words, modulo 2^32. Each of them takes the place of an older one, which LevelDB
 * keeps for a while: a table that a disk altered can show that again, whole and with a good checksum of its own.
 */
export type PresentSum = number;

/** The sum after some more of them. */
export function addPresent(sum: PresentSum, key: string, json: string): PresentSum {
  return (sum + checksumOf(key, json)) >>> 0;
}

/**
 * The sum after some events, which are not written yet.
 * @throws StoreError
 */
export function presentAfter(
  sum: PresentSum,
  database: Database,
  folded: Pick<Folded, "states" | "words">,
): PresentSum {
  let after = sum;
  try {
    for (const [key, json] of presentOf(folded)) {
      const replaced = database.getSync(key);
      after = addPresent(after, key, json);
      if (replaced !== undefined) after = (after - storedChecksum(replaced)) >>> 0;
    }
  } catch (error) {
    throw storeError(error);
  }
  return after;
}
