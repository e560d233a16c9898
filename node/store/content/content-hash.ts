import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import type { Database } from "../database.ts";
import type { Tip } from "../open.ts";
import { storeError } from "../store-error.ts";
import { totalsAt } from "../undo.ts";
import { contentHashOf } from "./content-sum.ts";

/** A content hash, and the block that it holds as of. */
export interface ContentHash {
  readonly block: number;
  readonly hash: Hash;
}

/** The blocks that a content hash can be as of: from the lowest that can be gone back to on. */
export interface HashableBlocks {
  readonly floor: BlockRef | undefined;
  readonly tip: Tip | undefined;
}

/**
 * What the content adds up to: equal on all nodes that hold the same chain, at the same block.
 * @param asOf number of a block; else the newest.
 * @returns `undefined` of a block that can't be gone back to, and before the first commit.
 * @throws StoreError
 */
export async function contentHashAt(
  database: Database,
  { floor, tip }: HashableBlocks,
  asOf?: number,
): Promise<ContentHash | undefined> {
  const block = asOf ?? tip?.number ?? -1;
  if (tip === undefined || floor === undefined || block < floor.number || block > tip.number) return undefined;
  try {
    return { block, hash: contentHashOf((await totalsAt(database, block, tip)).sums) };
  } catch (error) {
    throw storeError(error);
  }
}
