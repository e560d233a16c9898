import type { DidState } from "../resolver/apply-event.ts";
import type { DidEvent } from "../resolver/decode-log.ts";
import type { Address } from "../resolver/hex.ts";
import type { AsOf } from "../resolver/resolve.ts";

/**
 * All that the HTTP surface sees of the index: no key of the store, no chain.
 * Answers of one synchronous stretch of code hold as of the same block.
 */
export interface DidIndex {
  /** The newest block whose knowledge is here; `undefined` before the first is. */
  asOf(): AsOf | undefined;
  /** The newest state of an identity; `undefined` when it was never written. */
  state(address: Address): DidState | undefined;
  /** All events of an identity, oldest first; empty when it was never written. */
  events(address: Address): Promise<DidEvent[]>;
  /** Calls back after each commit with the identities whose state it changed, a reorg's undone ones included. */
  onChange(listener: (changed: readonly Address[]) => void): void;
}
