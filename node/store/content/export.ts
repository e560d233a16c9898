import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import { type CheckedDatabase, type Entry, type Reader, Snapshot } from "../checked-database.ts";
import * as keys from "../keys.ts";
import { expectReadable, type Meta, readMeta } from "../meta.ts";
import { type CountsAndRoots, type RecentBlock, readRecent } from "../records/recent-block.ts";
import { corrupt, StoreError } from "../store-error.ts";
import { readTip, type Tip } from "../tip.ts";
import { type Checksums, contentHashOf } from "./checksums.ts";

/** All content as of the newest block, or the events up to the newest block that this node never undoes. */
export type ExportedPart = "content" | "history";

/** Describes the content as of a block. */
export interface ContentHeader {
  readonly meta: Meta;
  readonly block: BlockRef;
  readonly sum: CountsAndRoots;
  readonly contentHash: Hash;
  /** The checksum over the events; see {@link Checksums}. */
  readonly history: Checksums["history"];
}

/** A part of an index as of one block. It stays as of that block while it is read. */
export interface Export extends AsyncDisposable {
  readonly header: ContentHeader;
  /** In key order. Can be read once. */
  readonly entries: AsyncIterable<Entry>;
}

/**
 * Reads a part of an index from a snapshot while the index continues to be written. Nothing is written.
 *
 * @throws StoreError STORE_EMPTY when there is no content; STORE_UNVERIFIED for `history` when the index was not compared
 * with the chain.
 */
export async function exportPart(database: CheckedDatabase, part: ExportedPart): Promise<Export> {
  await using snapshot = new Snapshot(database);
  const meta = await readMeta(snapshot);
  if (meta !== undefined) expectReadable(meta);
  const tip = readTip(snapshot);
  if (meta === undefined || tip === undefined) {
    throw new StoreError("STORE_EMPTY", "Nothing is indexed in the data directory yet: start the node and wait for it");
  }
  if (part === "history" && !tip.verified) {
    throw new StoreError(
      "STORE_UNVERIFIED",
      `The index up to block ${tip.number} was not compared with the chain yet: start the node and wait until it ` +
        "follows. After a restore, complete or killed at its end, this loses nothing; restoring again does not either",
    );
  }
  const { number, hash, time, totals } = part === "content" ? tip : await finalBlock(snapshot, tip);
  const { sums, ...sum } = totals;
  const entries = snapshot.entries(part === "content" ? keys.CONTENT : keys.historyRange({ to: number }));
  snapshot.hold();
  return {
    header: { meta, block: { number, hash, time }, sum, contentHash: contentHashOf(sums), history: sums.history },
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
  const [entry] = await reader.all({ gte: keys.recentKey(Math.max(0, finalized)), lt: keys.RECENT.lt, limit: 1 });
  if (entry === undefined) throw corrupt("its recent blocks are missing");
  return readRecent(...entry);
}
