import type { Database } from "./database.ts";
import { checkedJson, undoKey } from "./keys.ts";
import { storeError } from "./store-error.ts";

/** JSON to write for each key; `null` removes it. */
export type JsonByKey = Map<string, string | null>;

/** How much content there is. */
export interface Counts {
  readonly subjects: number;
  readonly words: number;
  readonly events: number;
}

export const EMPTY: Counts = { subjects: 0, words: 0, events: 0 };

/** What a block found in the store: writing it back undoes the block. */
export interface UndoRecord extends Counts {
  readonly before: readonly (readonly [key: string, json: string | null])[];
}

export function undoRecord(database: Database, writes: JsonByKey, counts: Counts): UndoRecord {
  const before = [...writes.keys()].map((key) => [key, readJson(database, key)] as const);
  return { ...counts, before };
}

/** What undoes all blocks above one: for each key the value from before the lowest of them. */
export function combineUndo(
  database: Database,
  { above, now }: { above: number; now: Counts & { readonly number: number } },
): Counts & { writes: JsonByKey } {
  const writes: JsonByKey = new Map();
  let { subjects, words, events } = now;
  for (let number = now.number; number > above; number--) {
    const key = undoKey(number);
    const json = readJson(database, key);
    // A block without events has nothing to undo.
    if (json === null) continue;
    const record = JSON.parse(json) as UndoRecord;
    for (const [changed, before] of record.before) writes.set(changed, before);
    ({ subjects, words, events } = record);
  }
  return { writes, subjects, words, events };
}

function readJson(database: Database, key: string): string | null {
  try {
    const text = database.getSync(key);
    return text === undefined ? null : checkedJson(key, text);
  } catch (error) {
    throw storeError(error);
  }
}
