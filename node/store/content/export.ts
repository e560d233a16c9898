import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import { type CheckedDatabase, type Reader, Snapshot } from "../checked-database.ts";
import * as keys from "../keys.ts";
import { expectReadable, type Meta, readMeta } from "../meta.ts";
import { type CountsAndRoots, type RecentBlock, readRecent } from "../records/recent-block.ts";
import { corrupt, StoreError } from "../store-error.ts";
import { readTip, type Tip } from "../tip.ts";
import { contentHashOf } from "./checksums.ts";
import { contentAt } from "./scan.ts";

/** As of the newest block, or of the newest that this node never undoes. */
export type AsOfBlock = "tip" | "final";

/** Describes exported content. */
export interface ContentHeader {
  readonly meta: Meta;
  readonly block: BlockRef;
  /** Whether the roots were equal to the chain's at the tip. */
  readonly verified: boolean;
  readonly sum: CountsAndRoots;
  readonly contentHash: Hash;
}

/** All content of an index as of one block. It stays as of that block while it is read. */
export interface ContentExport extends AsyncDisposable {
  readonly header: ContentHeader;
  /** In key order. Can be read once. */
  readonly entries: AsyncIterable<readonly [key: string, digits: string]>;
}

/** Number of records of the content, without the buckets (`cv`) of DIDs with many entries. */
export function entriesOf({ subjects, words, events, blocks }: CountsAndRoots): number {
  return subjects + words + 2 * events + blocks;
}

/**
 * Reads the content from a snapshot while the index continues to be written. Nothing is written.
 *
 * @throws StoreError STORE_EMPTY when there is no content; STORE_UNVERIFIED for `final` when the index was not compared with
 * the chain.
 */
export async function exportContent(database: CheckedDatabase, asOf: AsOfBlock): Promise<ContentExport> {
  await using snapshot = new Snapshot(database);
  const meta = await readMeta(snapshot);
  if (meta !== undefined) expectReadable(meta);
  const tip = readTip(snapshot);
  if (meta === undefined || tip === undefined) {
    throw new StoreError("STORE_EMPTY", "Nothing is indexed in the data directory yet: start the node and wait for it");
  }
  if (asOf === "final" && !tip.verified) {
    throw new StoreError(
      "STORE_UNVERIFIED",
      `The index up to block ${tip.number} was not compared with the chain yet: start the node and wait until it ` +
        "follows. After a restore, complete or killed at its end, this loses nothing; restoring again does not either",
    );
  }
  const { number, hash, time, totals } = asOf === "tip" ? tip : await finalBlock(snapshot, tip);
  const { sums, ...sum } = totals;
  const entries = contentAt(snapshot, number);
  snapshot.hold();
  return {
    header: { meta, block: { number, hash, time }, verified: tip.verified, sum, contentHash: contentHashOf(sums) },
    entries,
    async [Symbol.asyncDispose]() {
      // The snapshot may be closed only after the last read from it ended.
      await entries.return();
      await snapshot[Symbol.asyncDispose]();
    },
  };
}

/**
 * The newest block that is never undone. Where the finalized block is older than all recent blocks, it is the lowest recent
 * one.
 */
async function finalBlock(reader: Reader, { finalized }: Tip): Promise<RecentBlock> {
  const { gte, lt } = keys.RECENT;
  const from = keys.recentKey(Math.max(0, finalized));
  const [entry] = await reader.all({ gte: from > gte ? from : gte, lt, limit: 1 });
  if (entry === undefined) throw corrupt("its recent blocks are missing");
  return readRecent(...entry);
}
