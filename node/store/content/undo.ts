import type { Roots } from "../../index/roots.ts";
import type { Reader } from "../checked-database.ts";
import { undoAbove } from "../keys.ts";
import { jsonRecord, readJson } from "../records/records.ts";
import { type Checksums, ZERO_CHECKSUMS } from "./checksums.ts";
import type { Change } from "./states.ts";

/** Counts of the content. */
export interface ContentCounts {
  readonly subjects: number;
  readonly words: number;
  readonly events: number;
  /** Blocks with events. */
  readonly blocks: number;
}

/** Counts of the content as of a block, and the registries' roots. */
export interface CountsAndRoots extends ContentCounts {
  readonly roots: Roots;
}

/** All totals that each commit updates. */
export interface Totals extends CountsAndRoots {
  readonly sums: Checksums;
}

export const ZERO_TOTALS: ContentCounts & Pick<Totals, "sums"> = {
  subjects: 0,
  words: 0,
  events: 0,
  blocks: 0,
  sums: ZERO_CHECKSUMS,
};

/**
 * The record that undoes a block: the totals before it, then each key that it wrote and the former value. Each part is
 * preceded by its length.
 */
export function undoRecord(added: Iterable<string>, changes: Iterable<Change>, totals: Totals): string {
  let digits = withLength(jsonRecord(totals));
  for (const key of added) digits += withLength(key) + withLength("");
  for (const { key, before } of changes) digits += withLength(key) + withLength(before ?? "");
  return digits;
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
    const [first = "", ...parts] = partsOf(digits);
    totals = readJson<Totals>(first);
    for (let at = 0; at < parts.length; at += 2) writes.set(parts[at] ?? "", parts[at + 1] || null);
  }
  return { writes, totals };
}

/** The totals as of a block of the undo window. The next block with events has them in its undo record. */
export async function totalsAt(database: Reader, block: number, now: Totals): Promise<Totals> {
  const [next] = await database.all({ ...undoAbove(block), limit: 1 });
  return next === undefined ? totalsOf(now) : readJson<Totals>(partsOf(next[1]).next().value ?? "");
}

/** The totals alone, from an object that has more members, such as a tip. */
export function totalsOf({ subjects, words, events, blocks, roots, sums }: Totals): Totals {
  return { subjects, words, events, blocks, roots, sums };
}

/** Hex digits of a length in bytes. */
const LENGTH = 8;

function withLength(digits: string): string {
  return (digits.length / 2).toString(16).padStart(LENGTH, "0") + digits;
}

function* partsOf(digits: string): Generator<string, undefined> {
  for (let at = 0; at < digits.length; ) {
    const start = at + LENGTH;
    at = start + 2 * Number.parseInt(digits.slice(at, start), 16);
    yield digits.slice(start, at);
  }
}
