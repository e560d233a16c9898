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

/** A range that is being read: its logs first, then the headers that they are bound to; `undefined` after the last one. */
interface Reading {
  readonly read: Promise<LogsUpTo | undefined>;
  readonly bound: Promise<Range | undefined>;
}

/**
 * Prefetch depth: ranges that are requested while one is folded. 2 was a tenth faster on two busy cores, but wastes one more
 * request for each failure of a server.
 */
const AHEAD = 1;

/**
 * Reads all logs of many blocks, range by range, some ahead of the one that is folded. `to` must be old enough to stay. The
 * last range carries the roots that everything must fold to.
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

/** Reads the range after one as soon as that one's logs are there, unless nobody waits for it any more. */
function startReading(options: BackfillOptions, before: Reading["read"]): Reading {
  const { to, signal } = options;
  const read = before.then((range) => {
    const isLast = range === undefined || range.toBlock >= to;
    if (isLast || signal.aborted) return undefined;
    return readLogs({ ...options, from: range.toBlock + 1, addresses: registryAddresses(options.network) });
  });
  const bound = read.then((range) => (range === undefined || signal.aborted ? undefined : bind(options, range)));
  // What fails while nobody waits for it yet is no unhandled rejection.
  for (const promise of [read, bound]) promise.catch(() => {});
  return { read, bound };
}

/** Binds each log to a header: its block's hash must be the one at that height. */
async function bind({ reader, ranges }: BackfillOptions, { toBlock, logs }: LogsUpTo): Promise<Range> {
  try {
    // Asked after the logs: a server that lags doesn't have this block, and may have left out logs.
    const [end, timed] = await Promise.all([headerAt(reader, toBlock), withTimes(reader, logs)]);
    return { end: blockRef(end), logs: timed };
  } catch (error) {
    ranges.failed();
    throw error;
  }
}
