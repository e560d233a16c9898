import type { NetworkDescriptor } from "../../resolver/network.ts";

export type Finality = NetworkDescriptor["finality"];

/** Maximum number of blocks that a node can undo. An operator has to decide about a deeper reorganisation. */
export const MAX_UNDO_WINDOW = 256;

/** Number of the newest final block when `tip` is the newest known block; -1 when there is none. */
export function finalizedAt(finality: Finality, tip: number): number {
  return Math.max(-1, finality.kind === "depth" ? tip - finality.blocks : tip);
}

/**
 * Minimum number of blocks that are kept undoable, even when they are final. If the chain's servers lied for a while, their
 * blocks are undone and read again. A full node of geth keeps the state of this many blocks, which the comparison of roots
 * needs.
 */
const MENDABLE = 128;

/** Number of blocks below the newest that a reorganisation may still replace. */
export function undoWindow(finality: Finality): number {
  return finality.kind === "depth" ? Math.min(finality.blocks, MAX_UNDO_WINDOW) : 0;
}

/** Number of blocks below the newest that are kept undoable. */
export function keptWindow(finality: Finality): number {
  return Math.max(undoWindow(finality), MENDABLE);
}
