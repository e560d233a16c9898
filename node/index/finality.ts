import type { NetworkDescriptor } from "../../resolver/network.ts";

export type Finality = NetworkDescriptor["finality"];

/** Most blocks that a node can undo. A deeper reorganisation is for an operator to judge. */
export const MAX_UNDO_WINDOW = 256;

/** Number of the newest block that stays for ever when `tip` is the newest known; -1 when there is none. */
export function finalizedAt(finality: Finality, tip: number): number {
  return Math.max(-1, finality.kind === "depth" ? tip - finality.blocks : tip);
}

/** How many blocks below the newest may still be replaced, and are kept undoable. */
export function undoWindow(finality: Finality): number {
  return finality.kind === "depth" ? Math.min(finality.blocks, MAX_UNDO_WINDOW) : 0;
}
