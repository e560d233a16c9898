import { type CheckedDatabase, Snapshot } from "../checked-database.ts";
import * as keys from "../keys.ts";
import { ZERO_TOTALS } from "../records/recent-block.ts";
import { corrupt } from "../store-error.ts";
import { readTip } from "../tip.ts";
import { ContentChecksums, ZERO_CHECKSUMS } from "./checksums.ts";

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
