/**
 * What a node is doing, as `/ready` and `/status` show it. Only `following` is fit to answer.
 *
 * - `connecting`: the chain was not reached yet, or is not the descriptor's.
 * - `backfilling`: far behind the chain's head, or its roots were not compared yet.
 * - `following`: every block up to the head is here, and the roots are equal to the chain's.
 * - `stale`: the chain does not answer or its head stands still for longer than the policy allows.
 * - `halted`: an operator must decide; `reason` says about what.
 */
export type NodeState =
  | { readonly kind: "connecting"; readonly reason: string }
  | { readonly kind: "backfilling"; readonly block: number; readonly head: number }
  | { readonly kind: "following"; readonly block: number }
  | { readonly kind: "stale"; readonly block: number; readonly reason: string }
  | { readonly kind: "halted"; readonly code: string; readonly reason: string };
