import { type BlockRef, RecentBlocks } from "../index/recent-blocks.ts";
import type { Reader, Writes } from "./checked-database.ts";
import type { Totals } from "./content/undo.ts";
import { RECENT, recentKey, TIP_KEY, undoKey } from "./keys.ts";
import { decode, json } from "./records/codec.ts";
import { RECENT_BLOCK, readRecent } from "./records/records.ts";
import { corrupt } from "./store-error.ts";

/** The newest block of the index, and the totals of the content as of it. */
export interface Tip extends BlockRef, Totals {
  /** Number of the newest block that is never undone. */
  readonly finalized: number;
  /** Whether the roots were equal to the chain's at this block. Only then is the block served. */
  readonly verified: boolean;
}

/** The stored form: `closed` when the store was closed properly and its whole content had been checked. */
export type StoredTip = Tip & { readonly closed?: true };

const TIP = json<StoredTip>();

/** The tip; `undefined` while the index is empty. */
export function readTip(database: Reader): StoredTip | undefined {
  const digits = database.get(TIP_KEY);
  return digits === undefined ? undefined : decode(TIP, digits);
}

/** @throws StoreError STORE_CORRUPT unless they end with the tip and have no gap. */
export async function readRecentBlocks(database: Reader, tip: Tip): Promise<RecentBlocks> {
  const blocks = (await database.all(RECENT)).map((entry) => readRecent(...entry));
  const lowest = tip.number - blocks.length + 1;
  if (blocks.at(-1)?.hash !== tip.hash || blocks.some(({ number }, index) => number !== lowest + index)) {
    throw corrupt(`the blocks before number ${tip.number} are not complete`);
  }
  return new RecentBlocks(blocks);
}

/**
 * What a new tip and its recent blocks write. What undoes a block is removed with it.
 * @param saved the recent blocks as they are stored.
 */
export function* tipWrites(tip: StoredTip, recent: RecentBlocks, saved: RecentBlocks): Writes {
  for (const { number, hash } of saved) {
    if (recent.at(number)?.hash === hash) continue;
    yield [recentKey(number), null];
    yield [undoKey(number), null];
  }
  for (const block of recent) {
    if (saved.at(block.number)?.hash !== block.hash) yield [recentKey(block.number), RECENT_BLOCK.write(block)];
  }
  yield [TIP_KEY, TIP.write(tip)];
}
