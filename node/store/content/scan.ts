import type { Subject } from "../../../resolver/registry-event.ts";
import type { Database, Scan, Snapshot } from "../database.ts";
import * as keys from "../keys.ts";
import { readTip, type Tip } from "../open.ts";
import { unsealed } from "../records/records.ts";
import { corrupt, storeError } from "../store-error.ts";
import { combineUndo, ZERO_TOTALS } from "../undo.ts";
import { ContentChecksums, ZERO_CHECKSUMS } from "./checksums.ts";

/** Entries per page. A page is decoded in one turn of the event loop, during which the node answers no request. */
const PAGE = 250;

/** Entries of the content: keys and values, both as hex digits. */
export type Entries = AsyncGenerator<readonly [key: string, digits: string], void, void>;

export interface ContentAt {
  readonly snapshot: Snapshot;
  /** The tip as of the snapshot. */
  readonly tip: Tip;
  /** Number of a block inside the undo window, or of a newer one. */
  readonly block: number;
}

/** The content as of a block, in key order. Writes of the blocks above it are undone while reading. */
export async function* contentAt(database: Database, { snapshot, tip, block }: ContentAt): Entries {
  const { writes } = await combineUndo(database, { above: block, now: tip, snapshot });
  /** Sorted from the last key to the first, so that the next one is popped. It includes keys that the scan no longer finds. */
  const undone = [...writes].sort(([a], [b]) => (a < b ? 1 : -1));
  for await (const [key, digits] of checkedEntries(database, { ...keys.CONTENT, snapshot })) {
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
 * All subjects that have a state, in key order.
 * @throws StoreError STORE_CORRUPT
 */
export async function subjects(database: Database): Promise<Subject[]> {
  const found: Subject[] = [];
  try {
    for await (const [key] of checkedEntries(database, keys.STATES)) found.push(keys.stateSubject(key) as Subject);
  } catch (error) {
    throw storeError(error);
  }
  return found;
}

/**
 * Reads all entries as of now to detect a damaged disk. It checks each value's checksum, the number of states, chunks and
 * events, and that the content has the sums of the last write.
 *
 * @throws StoreError STORE_CORRUPT; the signal's reason.
 */
export async function verifyContent(database: Database, signal?: AbortSignal): Promise<void> {
  try {
    await using snapshot = database.snapshot();
    await verifyAt(database, snapshot, signal);
  } catch (error) {
    throw storeError(error);
  }
}

async function verifyAt(database: Database, snapshot: Snapshot, signal: AbortSignal | undefined): Promise<void> {
  const { subjects, words, events, blocks, sums } = readTip(database, snapshot) ?? ZERO_TOTALS;
  const kinds = [
    { name: "states", range: keys.STATES, wanted: subjects },
    { name: "chunks", range: keys.CHUNKS, wanted: words },
    { name: "events", range: keys.HISTORY, wanted: events },
    { name: "ways to events", range: keys.HISTORY_INDEX, wanted: events },
    { name: "blocks' roots", range: keys.ROOTS, wanted: blocks },
  ];
  const checksums = new ContentChecksums(ZERO_CHECKSUMS);
  const counts = new Map<string, number>();
  for await (const page of checkedPages(database, { snapshot })) {
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

/**
 * Entries in key order with their checksums verified, without the record that says whose data it is (`lm`).
 * @throws StoreError STORE_CORRUPT
 */
export async function* checkedEntries(database: Database, scan: Scan): Entries {
  for await (const page of checkedPages(database, scan)) yield* page;
}

/** The same in pages: one `await` per entry would take as long as the reading itself. */
async function* checkedPages(
  database: Database,
  scan: Scan,
): AsyncGenerator<[key: string, digits: string][], void, void> {
  await using entries = database.iterator(scan);
  for (let page = await entries.nextv(PAGE); page.length > 0; page = await entries.nextv(PAGE)) {
    yield page.flatMap(([key, stored]) => (key === keys.META_KEY ? [] : [[key, unsealed(key, stored)]]));
  }
}
