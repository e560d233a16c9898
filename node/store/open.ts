import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type BlockRef, RecentBlocks } from "../index/recent-blocks.ts";
import type { CheckedDatabase, Reader } from "./checked-database.ts";
import type { Totals } from "./content/undo.ts";
import { META_KEY, RECENT, TIP_KEY } from "./keys.ts";
import { expectMeta, metaOf, readMeta, writeMeta } from "./meta.ts";
import { readJson, readRecent } from "./records/records.ts";
import { corrupt } from "./store-error.ts";

/** Entries removed by one batch. */
const REMOVED_AT_ONCE = 10_000;

/** The newest block of the index, and the totals of the content as of it. */
export interface Tip extends BlockRef, Totals {
  /** Number of the newest block that is never undone. */
  readonly finalized: number;
  /** Whether the roots were equal to the chain's at this block. Only then is the block served. */
  readonly verified: boolean;
}

/** The stored form: `closed` when the store was closed properly and its whole content had been checked. */
type StoredTip = Tip & { readonly closed?: true };

/** State of an index when it is opened. */
export interface OpenedIndex {
  readonly tip: Tip | undefined;
  readonly recent: RecentBlocks;
  /** Whether it was closed properly. Otherwise it has to be read through before it is used. */
  readonly wasClosed: boolean;
}

/**
 * Reads the tip and the recent blocks of an index, or begins an index in an empty database.
 * @throws StoreError SCHEMA_VERSION or STORE_CORRUPT; NetworkMismatchError when it is another network's.
 */
export async function openIndex(database: CheckedDatabase, network: NetworkDescriptor): Promise<OpenedIndex> {
  const meta = await readMeta(database);
  if (meta === undefined) await writeMeta(database, metaOf(network));
  else expectMeta(meta, network);
  const stored = readTip(database);
  if (stored === undefined) {
    await dropIndex(database);
    return { tip: undefined, recent: new RecentBlocks(), wasClosed: true };
  }
  const { closed = false, ...tip } = stored;
  return { tip, recent: await recentBlocks(database, tip), wasClosed: closed };
}

/**
 * Removes all entries, damaged ones included, but the record that says whose data it is (`lm`). The tip is removed first:
 * without it the rest is not used.
 */
export async function dropIndex(database: CheckedDatabase): Promise<void> {
  await database.write([[TIP_KEY, null]], { sync: true });
  for (;;) {
    const keys = (await database.firstKeys(REMOVED_AT_ONCE)).filter((key) => key !== META_KEY);
    if (keys.length === 0) return;
    const removed = keys.map((key) => [key, null] as const);
    await database.write(removed, { sync: true });
  }
}

async function recentBlocks(database: Reader, tip: Tip): Promise<RecentBlocks> {
  const blocks = (await database.all(RECENT)).map((entry) => readRecent(...entry));
  const lowest = tip.number - blocks.length + 1;
  if (blocks.at(-1)?.hash !== tip.hash || blocks.some(({ number }, index) => number !== lowest + index)) {
    throw corrupt(`the blocks before number ${tip.number} are not complete`);
  }
  return new RecentBlocks(blocks);
}

/** The tip; `undefined` while the index is empty. */
export function readTip(database: Reader): StoredTip | undefined {
  const digits = database.get(TIP_KEY);
  return digits === undefined ? undefined : readJson<StoredTip>(digits);
}
