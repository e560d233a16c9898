import type { Hash } from "../../resolver/primitives/hex.ts";
import type { RegistryName } from "../../resolver/registry-event.ts";
import type { PeerReport } from "../peers/watch-peers.ts";

/**
 * What a node is doing, and why: `/ready`, `/status`, the metrics and the log all show this. Only `following` is fit to
 * answer without a warning.
 *
 * - `connecting`: the chain was not reached yet, or is not the descriptor's.
 * - `backfilling`: far behind the chain's tip, or its roots were not compared yet.
 * - `following`: every block up to the chain's tip is here, and the roots are equal to the chain's.
 * - `stale`: the chain does not answer, can't be believed, or its tip stands still for longer than the policy allows.
 *   Answers are marked as stale; with `refuse` none are given. With a `code` it gave up following: an operator must act.
 * - `halted`: an operator must decide; `reason` says about what.
 */
export type NodeState = { readonly reason: string } & (
  | { readonly kind: "connecting" }
  | { readonly kind: "backfilling"; readonly block: number; readonly head: number }
  | { readonly kind: "following"; readonly block: number }
  | { readonly kind: "stale"; readonly block: number; readonly refuse: boolean; readonly code?: string }
  | { readonly kind: "halted"; readonly code: string }
);

export const STATE_KINDS = [
  "connecting",
  "backfilling",
  "following",
  "stale",
  "halted",
] as const satisfies readonly NodeState["kind"][];

/** Why a node in a state can't answer; `undefined` when it is fit to, even with a warning. */
export function unfitReason(state: NodeState): string | undefined {
  const isFit = state.kind === "following" || (state.kind === "stale" && !state.refuse);
  return isFit ? undefined : state.reason;
}

/** The first other node with which this one differs; `undefined` when it differs with none. */
export function divergenceOf({ peers }: NodeReport): PeerReport | undefined {
  return peers.find(({ difference }) => difference !== null);
}

/** Whether this node is fit to answer: it can, and most nodes, itself among them, do not hold something else. */
export function isReady({ state, peers }: NodeReport): boolean {
  const compared = peers.filter(({ comparedAt }) => comparedAt !== null);
  const others = compared.filter(({ difference }) => difference !== null).length;
  return unfitReason(state) === undefined && others <= (compared.length + 1) / 2;
}

/** What `/status` says: all numbers are block numbers or counts, all times Unix seconds. */
export interface NodeReport {
  readonly version: string;
  readonly schemaVersion: number;
  readonly network: string;
  readonly state: NodeState;
  /** The chain's newest block, as far as its server said; `null` before it did. */
  readonly head: number | null;
  /** The newest block that was read, served or not. */
  readonly indexed: number | null;
  /** Blocks between the chain's tip and the newest block that is served. */
  readonly lag: number | null;
  /** Seconds by which the newest block was ahead of the node's clock when it was first seen; `null` before one was made. */
  readonly clockOffset: number | null;
  /** When roots were last compared with the chain's and were equal; `null` before the first time since the start. */
  readonly comparedAt: number | null;
  /** The index digest: equal on every honest node at the same block, and to the chain's own slots. */
  readonly digest: {
    readonly block: number;
    readonly hash: Hash;
    readonly time: number;
    readonly roots: Readonly<Record<RegistryName, Hash>>;
  } | null;
  /** What was found of the nodes that this one is compared with. */
  readonly peers: readonly PeerReport[];
}
