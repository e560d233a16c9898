import { type CheckedDatabase, type Entry, type Reader, Snapshot } from "../checked-database.ts";
import * as keys from "../keys.ts";
import { ZERO_TOTALS } from "../records/recent-block.ts";
import { corrupt } from "../store-error.ts";
import { readTip } from "../tip.ts";
import { ContentChecksums, ZERO_CHECKSUMS } from "./checksums.ts";
import { undoWrites } from "./undo.ts";

/** Entries of the content: keys and values, both as hex digits. */
export type Entries = AsyncGenerator<Entry, void, void>;

/**
 * The content as of a block, in key order. Writes of the blocks above it are undone while reading.
 * @param block number of a block inside the undo window, or of a newer one.
 */
export async function* contentAt(reader: Reader, block: number): Entries {
  const writes = await undoWrites(reader, block);
  /** Sorted from the last key to the first, so that the next one is popped. It includes keys that the scan no longer finds. */
  const undone = [...writes].sort(([a], [b]) => (a < b ? 1 : -1));
  for await (const [key, digits] of reader.entries(keys.CONTENT)) {
    let last = undone.at(-1);
    for (; last !== undefined && last[0] < key; last = undone.at(-1)) {
      undone.pop();
      if (last[1] !== null) yield [last[0], last[1]];
    }
    if (!writes.has(key)) yield [key, digits];
  }
  for (const [key, digits] of undone.reverse()) if (digits !== null) yield [key, digits];
}

/**
 * Reads all entries as of now to detect a damaged disk. It checks each value's checksum, the number of states, chunks and
 * events, and that the content has the sums of the last write.
 *
 * @throws StoreError STORE_CORRUPT; the signal's reason.
 */
export async function verifyContent(database: CheckedDatabase, signal?: AbortSignal): Promise<void> {
  await using snapshot = new Snapshot(database);
  const { subjects, words, events, blocks, sums } = readTip(snapshot)?.totals ?? ZERO_TOTALS;
  const kinds = [
    { name: "states", range: keys.STATES, wanted: subjects },
    { name: "chunks", range: keys.CHUNKS, wanted: words },
    { name: "events", range: keys.HISTORY, wanted: events },
    { name: "ways to events", range: keys.HISTORY_INDEX, wanted: events },
    { name: "blocks' roots", range: keys.ROOTS, wanted: blocks },
  ];
  const checksums = new ContentChecksums(ZERO_CHECKSUMS);
  const counts = new Map<string, number>();
  for await (const page of snapshot.pages({})) {
    signal?.throwIfAborted();
    for (const [key, digits] of page) {
      checksums.read(key, digits);
      const prefix = key.slice(0, keys.PREFIX);
      counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
    }
  }
  const wrong = kinds.flatMap(({ name, range, wanted }) => {
    const found = counts.get(range.gte) ?? 0;
    return found === wanted ? [] : `it has ${found} ${name}, written were ${wanted}`;
  });
  if (wrong.length > 0) throw corrupt(wrong.join("; "));
  if (checksums.sums.history !== sums.history) throw corrupt("its events are not those that were written");
  if (checksums.sums.present !== sums.present)
    throw corrupt("it has states or chunks that were replaced, or entries are gone");
}
