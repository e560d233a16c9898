import { type Hash, ZERO_HASH } from "../../../resolver/primitives/hex.ts";
import { keccak256Text } from "../../../resolver/primitives/keccak.ts";
import type { Subject } from "../../../resolver/registry-event.ts";
import type { Database, Scan, Snapshot } from "../database.ts";
import * as keys from "../keys.ts";
import type { Tip } from "../open.ts";
import { corrupt, storeError } from "../store-error.ts";
import { combineUndo, EMPTY } from "../undo.ts";
import { addPresent, type PresentSum } from "./present.ts";

/** Entries read at once. */
const PAGE = 1_000;

/** A content hash, and the block that it holds as of. */
export interface ContentHash {
  readonly block: number;
  readonly hash: Hash;
}

/**
 * keccak256 folded over every key and value of the content, in key order: hash' = keccak256(hash as text, key, line feed,
 * JSON), from 32 zero bytes on. It is equal on every honest node at the same block, however each got there. Reads
 * everything, from a snapshot.
 *
 * @param asOf number of a block that can be gone back to; else the newest.
 * @returns `undefined` before the first commit.
 * @throws StoreError STORE_CORRUPT
 */
export async function contentHash(database: Database, asOf?: number): Promise<ContentHash | undefined> {
  const snapshot = database.snapshot();
  try {
    const tip = readTip(database, snapshot);
    if (tip === undefined) return undefined;
    const block = asOf ?? tip.number;
    let hash: Hash = ZERO_HASH;
    for await (const [key, json] of contentAt(database, { snapshot, tip, block })) {
      hash = nextContentHash(hash, key, json);
    }
    return { block, hash };
  } catch (error) {
    throw storeError(error);
  } finally {
    await snapshot.close();
  }
}

/** One step of {@link contentHash}. */
export function nextContentHash(hash: Hash, key: string, json: string): Hash {
  return keccak256Text(`${hash}${key}\n${json}`);
}

export interface ContentAt {
  readonly snapshot: Snapshot;
  /** The tip as of the snapshot. */
  readonly tip: Tip;
  /** Number of a block that can be gone back to, or a newer one. */
  readonly block: number;
}

/** The content as of a block, in key order: what the blocks above it wrote is undone on the way. */
export async function* contentAt(
  database: Database,
  { snapshot, tip, block }: ContentAt,
): AsyncGenerator<[key: string, json: string]> {
  const { writes: undone } = combineUndo(database, { above: block, now: tip, snapshot });
  for await (const [key, json] of checkedEntries(database, { ...keys.CONTENT, snapshot })) {
    const before = undone.get(key);
    // Content is never removed, but by undoing: what was there before is there now.
    if (before !== null) yield [key, before ?? json];
  }
}

/** The newest block, as of a snapshot if there is one. */
export function readTip(database: Database, snapshot?: Snapshot): Tip | undefined {
  const text = database.getSync(keys.TIP_KEY, snapshot && { snapshot });
  return text === undefined ? undefined : keys.decode<Tip>(keys.TIP_KEY, text);
}

/**
 * All subjects that have a state, in order.
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
 * Reads everything once, so that a damaged disk is noticed before an answer is given from it: each value's checksum, that no
 * state, word or event is missing, and that each state and word is the one that was written last.
 *
 * @throws StoreError STORE_CORRUPT
 */
export async function verifyContent(database: Database, tip: Tip | undefined): Promise<void> {
  const { subjects, words, events, blocks } = tip ?? EMPTY;
  const kinds = [
    { name: "states", range: keys.STATES, wanted: subjects, isReplaced: true },
    { name: "words", range: keys.WORDS, wanted: words, isReplaced: true },
    { name: "events", range: keys.HISTORY, wanted: events },
    { name: "ways to events", range: keys.HISTORY_INDEX, wanted: events },
    { name: "blocks' roots", range: keys.ROOTS, wanted: blocks },
  ].map((kind) => ({ ...kind, found: 0 }));
  let present: PresentSum = 0;
  try {
    for await (const [key, json] of checkedEntries(database, {})) {
      const kind = kinds.find(({ range }) => key >= range.gte && key < range.lt);
      if (kind === undefined) continue;
      kind.found++;
      if (kind.isReplaced) present = addPresent(present, key, json);
    }
  } catch (error) {
    throw storeError(error);
  }
  const wrong = kinds.filter(({ found, wanted }) => found !== wanted);
  if (wrong.length === 0 && present === (tip?.present ?? 0)) return;
  if (wrong.length === 0) throw corrupt("it has states or words that were replaced");
  throw corrupt(wrong.map(({ name, found, wanted }) => `it has ${found} ${name}, written were ${wanted}`).join("; "));
}

/**
 * Entries in key order, as they were written.
 * @throws StoreError STORE_CORRUPT
 */
export async function* checkedEntries(
  database: Database,
  scan: Scan,
): AsyncGenerator<[key: string, json: string], void, void> {
  const entries = database.iterator(scan);
  try {
    for (let page = await entries.nextv(PAGE); page.length > 0; page = await entries.nextv(PAGE)) {
      for (const [key, text] of page) yield [key, keys.checkedJson(key, text)];
    }
  } finally {
    await entries.close();
  }
}
