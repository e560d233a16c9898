import type { ChainReader, Log } from "../../resolver/chain/chain-reader.ts";
import { mayBeTooMuch } from "../../resolver/chain/rpc.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { FollowEvent, TimedLog } from "./follow-event.ts";
import { headerAt } from "./header-at.ts";
import type { RangeSize } from "./range-size.ts";
import { type BlockRef, blockRef } from "./recent-blocks.ts";
import { registryAddresses, rootSlots, rootsOf } from "./roots.ts";

export interface BackfillOptions {
  readonly reader: ChainReader;
  readonly network: NetworkDescriptor;
  readonly ranges: RangeSize;
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
}

interface Range {
  readonly end: BlockRef;
  readonly logs: readonly TimedLog[];
}

/**
 * Reads all logs of many blocks, range by range, the next one while this one is folded. `to` must be old enough to stay.
 * The last range carries the roots that everything must fold to.
 */
export async function* backfill(options: BackfillOptions): AsyncGenerator<FollowEvent, void, void> {
  const { reader, network, to, signal } = options;
  let next = settled(readRange(options, options.from));
  for (let last = false; !last && !signal.aborted; ) {
    const { end, logs } = unwrap(await next);
    last = end.number >= to;
    if (!last) next = settled(readRange(options, end.number + 1));
    const roots = last ? rootsOf(await reader.storage(rootSlots(network), end.hash)) : null;
    yield { kind: "range", block: end, logs, roots };
  }
}

async function readRange(options: BackfillOptions, fromBlock: number): Promise<Range> {
  const { reader, network, ranges, to } = options;
  const addresses = registryAddresses(network);
  for (;;) {
    const toBlock = Math.min(to, fromBlock + ranges.blocks - 1);
    try {
      const logs = await reader.logs({ addresses, fromBlock, toBlock });
      // Asked after the logs: a server that lags doesn't have this block, and may have left out logs.
      const end = await headerAt(reader, toBlock);
      const timed = await withTimes(reader, logs);
      ranges.succeeded();
      return { end: blockRef(end), logs: timed };
    } catch (error) {
      if (!mayBeTooMuch(error) || toBlock === fromBlock) {
        ranges.failed();
        throw error;
      }
      // A server that lags refuses a range beyond its head in the same words: a smaller range is no help then.
      await headerAt(reader, toBlock);
      ranges.refused();
    }
  }
}

/** Binds each log to a header: its block's hash must be the one at that height. */
async function withTimes(reader: ChainReader, logs: readonly Log[]): Promise<TimedLog[]> {
  const numbers = [...new Set(logs.map((log) => log.blockNumber))];
  const headers = new Map((await reader.headers(numbers)).map((header) => [header.number, header]));
  return logs.map((log) => {
    const header = headers.get(log.blockNumber);
    if (header?.hash !== log.blockHash) {
      throw new ChainDataError(
        `A log says that block ${log.blockNumber} is ${log.blockHash}, the chain has ${header?.hash}`,
      );
    }
    return { log, time: header.time };
  });
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** So that a range that fails while nobody waits for it yet is no unhandled rejection. */
function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function unwrap<T>(outcome: Settled<T>): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}
