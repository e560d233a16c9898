import type { Header, Log } from "../../resolver/chain/chain-reader.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { Roots } from "../index/roots.ts";

/** A log and the time of its block, in Unix seconds. */
export interface TimedLog {
  readonly log: Log;
  readonly time: number;
}

/**
 * What following a chain yields, in the order in which an index folds it.
 *
 * - `tip`: the chain's newest block, at each poll.
 * - `range`: all logs from the block after our tip up to `block`. `roots` are the chain's at it, in the last range only.
 * - `block`: the child of our tip, with the chain's roots at it.
 * - `reorg`: the chain left our branch after `ancestor`, a block that we hold; `roots` are the chain's at it.
 * - `behind`: the chain's server shows a lower tip than ours and no other block where we have one: it lags, nothing more.
 *
 * `roots` are null, too, where not all registries are there yet.
 */
export type FollowEvent =
  | { readonly kind: "tip"; readonly block: Header }
  | {
      readonly kind: "range";
      readonly block: BlockRef;
      readonly logs: readonly TimedLog[];
      readonly roots: Roots | null;
    }
  | {
      readonly kind: "block";
      readonly block: BlockRef;
      readonly logs: readonly TimedLog[];
      readonly roots: Roots | null;
    }
  | { readonly kind: "reorg"; readonly ancestor: BlockRef; readonly roots: Roots | null }
  | { readonly kind: "behind"; readonly block: Header };
