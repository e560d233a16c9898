import type { Roots } from "../../index/roots.ts";
import type { Reader } from "../checked-database.ts";
import { undoAbove } from "../keys.ts";
import { type Codec, Digits, decode, json, list, record, sized } from "../records/codec.ts";
import { type Checksums, ZERO_CHECKSUMS } from "./checksums.ts";
import type { Change } from "./states.ts";

/** Totals of the content as of a block, which each commit updates. */
export interface Totals {
  readonly subjects: number;
  readonly words: number;
  readonly events: number;
  /** Blocks with events. */
  readonly blocks: number;
  readonly roots: Roots;
  readonly sums: Checksums;
}

/** The totals that people and backups read. */
export type CountsAndRoots = Omit<Totals, "sums">;

export const ZERO_TOTALS: Omit<Totals, "roots"> = { subjects: 0, words: 0, events: 0, blocks: 0, sums: ZERO_CHECKSUMS };

const TOTALS = sized(4, json<Totals>());
const ALL_DIGITS: Codec<string> = { write: (value) => value, read: (from) => from.take() };
const FORMER = list(record({ key: sized(4, ALL_DIGITS), value: sized(4, ALL_DIGITS) }));

/** The record that undoes a block: the totals before it, then each key that it wrote and the former value, if any. */
export function undoRecord(added: readonly string[], changes: readonly Change[], totals: Totals): string {
  const former = changes.map(({ key, before }) => ({ key, value: before ?? "" }));
  return TOTALS.write(totals) + FORMER.write([...added.map((key) => ({ key, value: "" })), ...former]);
}

/** Combines the undo records of all blocks above one: for each key its value before the lowest of them, and the totals then. */
export async function combineUndo(
  database: Reader,
  above: number,
  now: Totals,
): Promise<{ writes: Map<string, string | null>; totals: Totals }> {
  const writes = new Map<string, string | null>();
  let totals = totalsOf(now);
  for (const [, digits] of await database.all({ ...undoAbove(above), reverse: true })) {
    const from = new Digits(digits);
    totals = TOTALS.read(from);
    for (const { key, value } of FORMER.read(from)) writes.set(key, value || null);
  }
  return { writes, totals };
}

/** The totals as of a block of the undo window. The next block with events has them in its undo record. */
export async function totalsAt(database: Reader, block: number, now: Totals): Promise<Totals> {
  const [next] = await database.all({ ...undoAbove(block), limit: 1 });
  return next === undefined ? totalsOf(now) : decode(TOTALS, next[1]);
}

/** The totals alone, from an object that has more members, such as a tip. */
export function totalsOf({ subjects, words, events, blocks, roots, sums }: Totals): Totals {
  return { subjects, words, events, blocks, roots, sums };
}
