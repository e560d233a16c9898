import { UnavailableError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { RegistryName } from "../../resolver/registry-event.ts";
import type { PeerReport } from "../peers/watch-peers.ts";

/**
 * State of a node, and the reason for it, as `/ready`, `/status`, the metrics and the log show it. Only `following` answers
 * without a warning.
 *
 * - `connecting`: the chain was not reached yet, or is not the descriptor's.
 * - `backfilling`: far behind the chain's tip, or its roots were not compared yet.
 * - `following`: the index has every block up to the chain's tip, and the roots are equal to the chain's.
 * - `stale`: the chain does not answer, gives wrong answers, or has had no new block for longer than the policy allows.
 *   Answers are marked as stale; with `refuse` none are given. With a `code` the node stopped following, and an operator
 *   must act.
 * - `halted`: the node stopped, and an operator must decide what to do; `reason` says why.
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

/** Why a node in this state can't answer; `undefined` when it can, even with a warning. */
export function unfitReason(state: NodeState): string | undefined {
  const isFit = state.kind === "following" || (state.kind === "stale" && !state.refuse);
  return isFit ? undefined : state.reason;
}

/** @throws UnavailableError when a node in this state can't answer. */
export function throwIfUnfit(state: NodeState): void {
  const reason = unfitReason(state);
  if (reason !== undefined) throw new UnavailableError(`This node can't answer now: ${reason}`);
}

/** The first other node that differs from this one; `undefined` when there is none. */
export function divergenceOf({ peers }: NodeReport): PeerReport | undefined {
  return peers.find(({ difference }) => difference !== null);
}

/** Whether the node can answer, and does not differ from a majority of all nodes, itself counted. */
export function isReady({ state, peers }: NodeReport): boolean {
  const compared = peers.filter(({ comparedAt }) => comparedAt !== null);
  const others = compared.filter(({ difference }) => difference !== null).length;
  return unfitReason(state) === undefined && others <= (compared.length + 1) / 2;
}

/** The answer of `/status`. Numbers are block numbers or counts, times are Unix seconds. */
export interface NodeReport {
  readonly version: string;
  readonly schemaVersion: number;
  readonly network: string;
  readonly state: NodeState;
  /** The chain's newest block that its server showed; `null` before the first answer. */
  readonly head: number | null;
  /** The newest block that was read, even when it is not served yet. */
  readonly indexed: number | null;
  /** Blocks between the chain's tip and the newest block that is served. */
  readonly lag: number | null;
  /**
   * Seconds by which the newest block was ahead of the node's clock when it was first seen; `null` before the chain added
   * one.
   */
  readonly clockOffset: number | null;
  /** When the roots were last compared with the chain's and equal; `null` before the first time since the start. */
  readonly comparedAt: number | null;
  /**
   * Block and roots of the served index. They are equal on every honest node at the same block, and equal to the chain's
   * slots.
   */
  readonly digest: {
    readonly block: number;
    readonly hash: Hash;
    readonly time: number;
    readonly roots: Readonly<Record<RegistryName, Hash>>;
  } | null;
  /** Results of comparing this node with others. */
  readonly peers: readonly PeerReport[];
}
