import type { Hex } from "../resolver/hex.ts";
import type { EventOf, StateOf, Subject, SubjectKind } from "../resolver/registry-event.ts";
import type { AsOf } from "../resolver/resolve.ts";

/**
 * All that the HTTP surface sees of the index: no key of the store, no chain.
 * Answers of one synchronous stretch of code hold as of the same block.
 */
export interface RegistryIndex {
  /** The newest block whose knowledge is here; `undefined` before the first is. */
  asOf(): AsOf | undefined;
  /** The newest state of a subject; `undefined` when it was never written. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined;
  /** All events of a subject, oldest first; empty when it was never written. Folded, they are its state as of any block. */
  events<K extends SubjectKind>(kind: K, id: Hex): Promise<EventOf<K>[]>;
  /** Calls back after each commit with the subjects whose state it changed, a reorg's undone ones included. */
  onChange(listener: (changed: readonly Subject[]) => void): void;
}
