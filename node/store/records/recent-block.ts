import type { BlockRef } from "../../index/recent-blocks.ts";
import type { Roots } from "../../index/roots.ts";
import { type Checksums, ZERO_CHECKSUMS } from "../content/checksums.ts";
import { blockOf } from "../keys.ts";
import { decode, hex, integer, json, record } from "./codec.ts";

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

/** A recent block, and the totals as of it. */
export interface RecentBlock extends BlockRef {
  readonly totals: Totals;
}

/** A recent block without its number, which its key contains. */
export const RECENT_BLOCK = record({ hash: hex(32), time: integer(7), totals: json<Totals>() });

/** @param key of the block. */
export function readRecent(key: string, digits: string): RecentBlock {
  return { number: blockOf(key), ...decode(RECENT_BLOCK, digits) };
}
