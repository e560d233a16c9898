import { UnavailableError } from "../errors.ts";
import type { ChainReader, Log, LogTopics } from "./chain-reader.ts";
import { mayBeTooMuch, mayTakeTooLong } from "./rpc/rpc.ts";

/** Most blocks in one request for logs to a server that refused more; Besu's default. */
export const MAX_RANGE = 5_000;

/** Ranges requested in parallel after the server has answered one of their size. */
const RANGES_AT_ONCE = 8;

/** Which logs are wanted, and the range of blocks, both ends included. `toBlock` is at most the server's newest block. */
export type RangeOfLogs = LogTopics & { readonly fromBlock: number; readonly toBlock: number };

/**
 * Reads all logs of a range, also from a server that limits the blocks of one request: the whole range is requested first, then
 * ranges of at most {@link MAX_RANGE} blocks. Each further refusal halves the number of blocks, down to one.
 *
 * @param most number of blocks in the first request, where the server is known to refuse more.
 * @returns the logs in their order.
 * @throws UnavailableError when the server does not have a block of the range, or refuses the logs of a single one;
 * ChainDataError as the reader does.
 */
export async function allLogs(
  reader: Pick<ChainReader, "header" | "logs">,
  { fromBlock, toBlock, ...topics }: RangeOfLogs,
  most = Number.MAX_SAFE_INTEGER,
): Promise<Log[]> {
  const logs: Log[] = [];
  let size = most;
  let ranges = 1;
  for (let from = fromBlock; from <= toBlock; ) {
    const asked = rangesFrom(from, toBlock, size, ranges);
    const last = asked.at(-1)?.toBlock ?? toBlock;
    try {
      const found = await Promise.all(asked.map((range) => reader.logs({ ...topics, ...range })));
      for (const some of found) logs.push(...some);
      from = last + 1;
      ranges = RANGES_AT_ONCE;
    } catch (error) {
      const blocks = Math.min(size, toBlock - from + 1);
      const smaller = blocks > MAX_RANGE ? MAX_RANGE : Math.floor(blocks / 2);
      if (smaller === 0 || !(mayBeTooMuch(error) || (blocks > MAX_RANGE && mayTakeTooLong(error)))) throw error;
      // A server that lags refuses a range beyond its tip with the same error, and a smaller range does not help then.
      if ((await reader.header(last)) === null)
        throw new UnavailableError(`The chain's server has no block ${last} now`);
      size = smaller;
      ranges = 1;
    }
  }
  return logs;
}

function rangesFrom(from: number, to: number, size: number, count: number) {
  const ranges: { fromBlock: number; toBlock: number }[] = [];
  for (let fromBlock = from; fromBlock <= to && ranges.length < count; fromBlock += size) {
    ranges.push({ fromBlock, toBlock: Math.min(to, fromBlock + size - 1) });
  }
  return ranges;
}
