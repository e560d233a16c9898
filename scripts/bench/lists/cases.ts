import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import { MAX_LIST_SIZE } from "../../../resolver/status/decode-status-log.ts";
import { chunksOf, randomIndexes } from "./indexes.ts";

/** Lists that are measured together. */
export interface Case {
  readonly lists: number;
  /** Entries of each. */
  readonly size: number;
  /** Of 100 credentials so many are revoked. */
  readonly percent: number;
}

export const SMALL = 131_072;
/** The sizes of one list. */
export const SIZES = [SMALL, MAX_LIST_SIZE] as const;
const PERCENTS = [0, 1, 10] as const;

/** One list of each size, and so many of the largest size together, if any. */
export function casesOf(together: number): Case[] {
  const shapes = SIZES.map((size) => ({ lists: 1, size }));
  if (together > 0) shapes.push({ lists: together, size: MAX_LIST_SIZE });
  return shapes.flatMap((shape) => PERCENTS.map((percent) => ({ ...shape, percent })));
}

/** A case in a row's `size`. */
export function sizeOf({ lists, size, percent }: Case): string {
  const many = lists === 1 ? "" : `${lists} lists of `;
  return `${many}${size.toLocaleString("en")} entries, ${percent} % set`;
}

/** The revoked entries of the list with a number from 0 on: each run measures the same lists. */
export function revokedOf({ size, percent }: Case, at = 0): ReadonlySet<number> {
  return randomIndexes({ size, count: (size * percent) / 100, seed: at + 1 });
}

/** The same entries as a node holds them. */
export function statusesOf(revoked: ReadonlySet<number>): Map<number, StatusChunk> {
  return new Map([...chunksOf(revoked)].map(([chunk, bits]) => [chunk, { revoked: bits, suspended: 0n }]));
}
