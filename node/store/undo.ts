import type { Roots } from "../index/roots.ts";
import type { PresentSum } from "./content/present.ts";
import type { Database, Snapshot } from "./database.ts";
import { checkedJson, undoKey } from "./keys.ts";
import { storeError } from "./store-error.ts";

/** JSON to write for each key; `null` removes it. */
export type Writes = Iterable<readonly [key: string, json: string | null]>;

/** How much content there is. */
export interface Counts {
  readonly subjects: number;
  readonly words: number;
  readonly events: number;
  /** Blocks with events. */
  readonly blocks: number;
}

export const EMPTY: Counts = { subjects: 0, words: 0, events: 0, blocks: 0 };

/** What a block's events add up to: how much content there is after it, and the registries' roots. */
export interface Sum extends Counts {
  readonly roots: Roots;
}

/** What a block found in the store: writing it back undoes the block. */
export interface UndoRecord {
  readonly before: readonly (readonly [key: string, json: string | null])[];
  readonly sum: Sum;
  readonly present: PresentSum;
}

/** What there is as of a block. */
export type Totals = Pick<UndoRecord, "sum" | "present">;

/** @param totals of the block before. */
export function undoRecord(database: Database, writes: Writes, totals: Totals): UndoRecord {
  const before = [...writes].map(([key]) => [key, readJson(database, key)] as const);
  return { before, ...totals };
}

/** What undoes all blocks above one: for each key the value from before the lowest of them, and what they add up to then. */
export function combineUndo(
  database: Database,
  {
    above,
    now,
    snapshot,
  }: { above: number; now: Sum & { readonly number: number; readonly present: PresentSum }; snapshot?: Snapshot },
): { writes: Map<string, string | null> } & Totals {
  const writes = new Map<string, string | null>();
  const { subjects, words, events, blocks, roots } = now;
  let totals: Totals = { sum: { subjects, words, events, blocks, roots }, present: now.present };
  for (let number = now.number; number > above; number--) {
    const key = undoKey(number);
    const json = readJson(database, key, snapshot);
    // A block without events has nothing to undo.
    if (json === null) continue;
    const record = JSON.parse(json) as UndoRecord;
    for (const [changed, before] of record.before) writes.set(changed, before);
    totals = { sum: record.sum, present: record.present };
  }
  return { writes, ...totals };
}

function readJson(database: Database, key: string, snapshot?: Snapshot): string | null {
  try {
    const text = database.getSync(key, snapshot && { snapshot });
    return text === undefined ? null : checkedJson(key, text);
  } catch (error) {
    throw storeError(error);
  }
}
