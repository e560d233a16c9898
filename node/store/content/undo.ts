import type { Reader } from "../checked-database.ts";
import { undoAbove } from "../keys.ts";
import { type Codec, decode, list, record, sized } from "../records/codec.ts";
import type { Change } from "./states.ts";

const ALL_DIGITS: Codec<string> = { write: (value) => value, read: (from) => from.take() };
const FORMER = list(record({ key: sized(4, ALL_DIGITS), value: sized(4, ALL_DIGITS) }));

/** The record that undoes a block: each key that it wrote, and the former value, if any. */
export function undoRecord(changes: readonly Change[]): string {
  return FORMER.write(changes.map(({ key, before }) => ({ key, value: before ?? "" })));
}

/** What undoes all blocks above one: for each key its value before the lowest of them. */
export async function undoWrites(database: Reader, above: number): Promise<Map<string, string | null>> {
  const writes = new Map<string, string | null>();
  for (const [, digits] of await database.all({ ...undoAbove(above), reverse: true })) {
    for (const { key, value } of decode(FORMER, digits)) writes.set(key, value || null);
  }
  return writes;
}
