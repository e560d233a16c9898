import { RecentBlocks } from "../index/recent-blocks.ts";
import type { Reader, Writes } from "./checked-database.ts";
import { RECENT, recentKey, TIP_KEY, undoKey } from "./keys.ts";
import { decode, json } from "./records/codec.ts";
import { type RecentBlock, readRecent } from "./records/recent-block.ts";
import { corrupt } from "./store-error.ts";

/** The newest block of the index. */
export interface Tip extends RecentBlock {
  /** Number of the newest block that is never undone. */
  readonly finalized: number;
  /** Whether the roots were equal to the chain's at this block. Only then is the block served. */
  readonly verified: boolean;
}

/** The stored tip: `closed` when the store was closed properly and its whole content had been checked. */
export type StoredTip = Tip & { readonly closed?: true };

/** The tip's own record. What belongs to the block is in that of the recent block. */
const TIP = json<Omit<StoredTip, "time" | "totals">>();

/**
 * The tip; `undefined` while the index is empty.
 * @throws StoreError STORE_CORRUPT
 */
export function readTip(database: Reader): StoredTip | undefined {
  const digits = database.get(TIP_KEY);
  if (digits === undefined) return undefined;
  const tip = decode(TIP, digits);
  const key = recentKey(tip.number);
  const stored = database.get(key);
  const block = stored === undefined ? undefined : readRecent(key, stored);
  if (block?.hash !== tip.hash) throw corrupt(`the newest block, number ${tip.number}, is missing or another one`);
  return { ...block, ...tip };
}

/** @throws StoreError STORE_CORRUPT unless they end with the tip and have no gap. */
export async function readRecentBlocks(database: Reader, tip: Tip): Promise<RecentBlocks<RecentBlock>> {
  const blocks = (await database.all(RECENT)).map((entry) => readRecent(...entry));
  const lowest = tip.number - blocks.length + 1;
  if (blocks.some(({ number }, index) => number !== lowest + index)) {
    throw corrupt(`the blocks before number ${tip.number} are not complete`);
  }
  return new RecentBlocks(blocks);
}

/** What a new tip writes. A block that is no longer recent is removed, with what undoes it. */
export function* tipWrites(
  { number, hash, finalized, verified, closed }: StoredTip,
  recent: RecentBlocks,
  before: RecentBlocks,
): Writes {
  for (const block of before) {
    if (recent.at(block.number)?.hash === block.hash) continue;
    yield [recentKey(block.number), null];
    yield [undoKey(block.number), null];
  }
  yield [TIP_KEY, TIP.write({ number, hash, finalized, verified, ...(closed && { closed }) })];
}
