import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { MAX_LIST_SIZE } from "../../../resolver/status/decode-status-log.ts";
import { chunksOf, randomIndexes } from "./indexes.ts";

/** A number of equally large lists that are measured together. */
export interface Case {
  readonly lists: number;
  /** Number of entries of each list. */
  readonly size: number;
  /** Percentage of the entries that are revoked. */
  readonly percent: number;
}

export const SMALL = 131_072;
/** Measured numbers of entries of a list. */
export const SIZES = [SMALL, MAX_LIST_SIZE] as const;
const PERCENTS = [0, 1, 10] as const;

/** One list of each size, and `together` lists of the largest size unless it is 0; each with every percentage. */
export function casesOf(together: number): Case[] {
  const shapes = SIZES.map((size) => ({ lists: 1, size }));
  if (together > 0) shapes.push({ lists: together, size: MAX_LIST_SIZE });
  return shapes.flatMap((shape) => PERCENTS.map((percent) => ({ ...shape, percent })));
}

/** A case as text for a row's `size`. */
export function sizeOf({ lists, size, percent }: Case): string {
  const many = lists === 1 ? "" : `${lists} lists of `;
  return `${many}${size.toLocaleString("en")} entries, ${percent} % set`;
}

/** The revoked entries of the list with number `at`. They are pseudo-random, but the same in each run. */
export function revokedOf({ size, percent }: Case, at = 0): ReadonlySet<number> {
  return randomIndexes({ size, count: (size * percent) / 100, seed: at + 1 });
}

/** The chunks in which a node stores these revocations. */
export function statusesOf(revoked: ReadonlySet<number>): Map<number, StatusChunk> {
  return new Map([...chunksOf(revoked)].map(([chunk, bits]) => [chunk, { revoked: bits, suspended: 0n }]));
}
