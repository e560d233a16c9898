import type { NetworkDescriptor } from "../../resolver/network.ts";

export type Finality = NetworkDescriptor["finality"];

/** Most blocks that a node can undo. A deeper reorganisation is for an operator to judge. */
export const MAX_UNDO_WINDOW = 256;

/** Number of the newest block that stays forever when `tip` is the newest known; -1 when there is none. */
export function finalizedAt(finality: Finality, tip: number): number {
  return Math.max(-1, finality.kind === "depth" ? tip - finality.blocks : tip);
}

/**
 * Blocks that are kept undoable although they stay: when a chain's servers lied for a while, what was taken in of them is
 * undone and read again. A full node of geth has the state of so many blocks, with which the roots are compared.
 */
const MENDABLE = 128;

/** How many blocks below the newest may still be replaced. */
export function undoWindow(finality: Finality): number {
  return finality.kind === "depth" ? Math.min(finality.blocks, MAX_UNDO_WINDOW) : 0;
}

/** How many blocks below the newest are kept undoable. */
export function keptWindow(finality: Finality): number {
  return Math.max(undoWindow(finality), MENDABLE);
}
