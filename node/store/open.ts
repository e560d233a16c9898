import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type BlockRef, RecentBlocks } from "../index/recent-blocks.ts";
import { allOf, type Database, type Snapshot } from "./database.ts";
import { META_KEY, RECENT, TIP_KEY } from "./keys.ts";
import { expectMeta, metaOf, readMeta, writeMeta } from "./meta.ts";
import { readJson, readRecent, unsealed } from "./records/records.ts";
import { corrupt, storeError } from "./store-error.ts";
import type { Totals } from "./undo.ts";

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
export async function openIndex(database: Database, network: NetworkDescriptor): Promise<OpenedIndex> {
  try {
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
  } catch (error) {
    throw storeError(error);
  }
}

/**
 * Removes all entries but the record that says whose data it is (`lm`). The tip is removed first: without it the rest is not
 * used.
 */
export async function dropIndex(database: Database): Promise<void> {
  try {
    await remove(database, [TIP_KEY]);
    for (;;) {
      const page = await allOf(database, { limit: REMOVED_AT_ONCE });
      const rest = page.map(([key]) => key).filter((key) => key !== META_KEY);
      if (rest.length === 0) return;
      await remove(database, rest);
    }
  } catch (error) {
    throw storeError(error);
  }
}

async function recentBlocks(database: Database, tip: Tip): Promise<RecentBlocks> {
  const page = await allOf(database, RECENT);
  const blocks = page.map(([key, stored]) => readRecent(key, unsealed(key, stored)));
  const lowest = tip.number - blocks.length + 1;
  if (blocks.at(-1)?.hash !== tip.hash || blocks.some(({ number }, index) => number !== lowest + index)) {
    throw corrupt(`the blocks before number ${tip.number} are not complete`);
  }
  return new RecentBlocks(blocks);
}

async function remove(database: Database, keys: readonly string[]): Promise<void> {
  const batch = database.batch();
  for (const key of keys) batch.del(key);
  await batch.write({ sync: true });
}

/** The tip, as of a snapshot if one is given. */
export function readTip(database: Database, snapshot?: Snapshot): StoredTip | undefined {
  const stored = database.getSync(TIP_KEY, snapshot && { snapshot });
  return stored === undefined ? undefined : readJson<StoredTip>(unsealed(TIP_KEY, stored));
}
