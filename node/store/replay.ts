import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { TimedLog } from "../chain/follow-event.ts";
import { foldLogs } from "../index/fold.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { IndexStore } from "./store.ts";

/** Minimum number of events per commit, unless the data of fewer events has this many hex digits. */
const EVENTS_AT_ONCE = 5_000;
const DATA_AT_ONCE = 16_777_216;

export interface ReplayOptions {
  /** An empty store. */
  readonly store: IndexStore;
  readonly network: NetworkDescriptor;
  /** In the chain's order, up to `block`. */
  readonly events: AsyncIterable<TimedLog>;
  readonly block: BlockRef;
  /** Called with how many events are folded. */
  readonly onProgress: (done: number) => void;
}

/**
 * Builds an index from a history alone: every head, state, chunk and root is folded from its events. Memory does not grow
 * with their number. The index counts as not compared with the chain.
 *
 * @throws ChainDataError, HistoryIncompleteError when these are not the events that the contracts emitted; StoreError.
 */
export async function replay({ store, network, events, block, onProgress }: ReplayOptions): Promise<void> {
  let logs: TimedLog[] = [];
  let data = 0;
  const commit = async (upTo: BlockRef) => {
    const folded = foldLogs({ logs, network, known: store, roots: store.roots });
    await store.commit({ block: upTo, finalized: upTo.number, verified: false, floor: upTo.number, ...folded });
    logs = [];
    data = 0;
    onProgress(store.tip?.totals.events ?? 0);
  };
  for await (const event of events) {
    const last = logs.at(-1);
    // A commit holds whole blocks.
    const isMuch = logs.length >= EVENTS_AT_ONCE || data >= DATA_AT_ONCE;
    if (isMuch && last !== undefined && last.log.blockNumber < event.log.blockNumber) {
      await commit({ number: last.log.blockNumber, hash: last.log.blockHash, time: last.time });
    }
    logs.push(event);
    data += event.log.data.length;
  }
  await commit(block);
}
