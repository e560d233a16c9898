import type { Header, Log } from "../../resolver/chain/chain-reader.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { Roots } from "../index/roots.ts";

/** A log and the time of its block, in Unix seconds. */
export interface TimedLog {
  readonly log: Log;
  readonly time: number;
}

/**
 * The events of following a chain, in the order in which an index folds them.
 *
 * - `tip`: the chain's newest block, at each poll.
 * - `range`: all logs from the block after the index's tip up to `block`. `roots` are the chain's at it, in the last range
 *   only.
 * - `block`: the child of the index's tip, with the chain's roots at it.
 * - `reorg`: the chain left the index's branch after `ancestor`, a block of both; `roots` are the chain's at it.
 * - `behind`: the server's tip is below the index's, on the same branch: the server lags.
 *
 * `roots` are also null while not all registries are deployed.
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
