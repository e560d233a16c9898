import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { type BlockRef, blockRef } from "../index/recent-blocks.ts";
import { registryAddresses, rootSlots, rootsOf } from "../index/roots.ts";
import type { FollowEvent, TimedLog } from "./follow-event.ts";
import { headerAt } from "./header-at.ts";
import type { RangeSize } from "./range-size.ts";
import { type LogsUpTo, readLogs, withTimes } from "./read-logs.ts";

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

/** A range that is being read: first its logs, then the headers to which they are bound; `undefined` after the last range. */
interface Reading {
  readonly read: Promise<LogsUpTo | undefined>;
  readonly bound: Promise<Range | undefined>;
}

/**
 * Prefetch depth: number of ranges that are requested while one is folded. 2 was a tenth faster on two busy cores, but
 * wastes one more request for each failure of a server.
 */
const AHEAD = 1;

/**
 * Reads all logs of many blocks in ranges, and prefetches while one is folded. `to` has to be final. The last range has the
 * roots to which all logs must fold.
 */
export async function* backfill(options: BackfillOptions): AsyncGenerator<FollowEvent, void, void> {
  const { reader, network, from, to } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const readings: Reading[] = [];
  let read: Reading["read"] = Promise.resolve({ toBlock: from - 1, logs: [] });
  try {
    while (!signal.aborted) {
      while (readings.length <= AHEAD) {
        const reading = startReading({ ...options, signal }, read);
        readings.push(reading);
        read = reading.read;
      }
      const range = await readings.shift()?.bound;
      if (range === undefined) return;
      const { end, logs } = range;
      const roots = end.number < to ? null : rootsOf(await reader.storage(rootSlots(network), end.hash));
      yield { kind: "range", block: end, logs, roots };
    }
  } finally {
    ended.abort();
  }
}

/** Reads the next range as soon as the logs of the one before are read, unless the backfill was ended. */
function startReading(options: BackfillOptions, before: Reading["read"]): Reading {
  const { to, signal } = options;
  const read = before.then((range) => {
    const isLast = range === undefined || range.toBlock >= to;
    if (isLast || signal.aborted) return undefined;
    return readLogs({ ...options, from: range.toBlock + 1, addresses: registryAddresses(options.network) });
  });
  const bound = read.then((range) => (range === undefined || signal.aborted ? undefined : bind(options, range)));
  // A failure of a prefetched range must not be an unhandled rejection.
  for (const promise of [read, bound]) promise.catch(() => {});
  return { read, bound };
}

/** Binds each log to a header: the block's hash must be that of the header with its number. */
async function bind({ reader, ranges }: BackfillOptions, { toBlock, logs }: LogsUpTo): Promise<Range> {
  try {
    // Requested after the logs: a lagging server doesn't have this block, and may have left out logs.
    const [end, timed] = await Promise.all([headerAt(reader, toBlock), withTimes(reader, logs)]);
    return { end: blockRef(end), logs: timed };
  } catch (error) {
    ranges.failed();
    throw error;
  }
}
