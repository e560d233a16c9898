import type { NetworkDescriptor } from "../../resolver/network.ts";
import { RecentBlocks } from "../index/recent-blocks.ts";
import type { CheckedDatabase } from "./checked-database.ts";
import { META_KEY, TIP_KEY } from "./keys.ts";
import { expectMeta, metaOf, readMeta, writeMeta } from "./meta.ts";
import { readRecentBlocks, readTip, type Tip } from "./tip.ts";

/** State of an index when it is opened. */
export interface OpenedIndex {
  readonly tip: Tip | undefined;
  readonly recent: RecentBlocks;
  /** Whether it was closed properly. Otherwise it has to be read through before it is used. */
  readonly wasClosed: boolean;
}

export const EMPTY_INDEX: OpenedIndex = { tip: undefined, recent: new RecentBlocks(), wasClosed: true };

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
    return EMPTY_INDEX;
  }
  const { closed = false, ...tip } = stored;
  return { tip, recent: await readRecentBlocks(database, tip), wasClosed: closed };
}

/**
 * Removes all entries, damaged ones included, but the record that says whose data it is (`lm`). The tip is removed first:
 * without it the rest is not used.
 */
export async function dropIndex(database: CheckedDatabase): Promise<void> {
  await database.write([[TIP_KEY, null]], { sync: true });
  await database.removeAllBut(META_KEY);
}
