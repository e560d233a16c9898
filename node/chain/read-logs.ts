import type { ChainReader, Log } from "../../resolver/chain/chain-reader.ts";
import { mayBeTooMuch } from "../../resolver/chain/rpc/rpc.ts";
import { ChainDataError } from "../../resolver/errors.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { TimedLog } from "./follow-event.ts";
import { headerAt } from "./header-at.ts";
import type { RangeSize } from "./range-size.ts";

/** Which logs are wanted, and how many blocks to request. */
export interface LogsQuery {
  readonly reader: ChainReader;
  readonly ranges: RangeSize;
  readonly addresses: readonly Address[];
  /** Topic 1 of the logs, if only those of one subject are wanted. */
  readonly subject?: Hash;
  readonly from: number;
  readonly to: number;
}

/** Logs of the first blocks of a query, up to and including `toBlock`. */
export interface LogsUpTo {
  readonly toBlock: number;
  readonly logs: readonly Log[];
}

/**
 * Reads logs from the first block of a query on, of as many blocks as the server allows.
 *
 * @throws UnavailableError, ChainDataError
 */
export async function readLogs({ ranges, to, from: fromBlock, reader, ...which }: LogsQuery): Promise<LogsUpTo> {
  const { addresses, subject } = which;
  for (;;) {
    const toBlock = Math.min(to, fromBlock + ranges.blocks - 1);
    try {
      const logs = await reader.logs({ addresses, ...(subject && { subject }), fromBlock, toBlock });
      ranges.succeeded(logs.length);
      return { toBlock, logs };
    } catch (error) {
      if (!mayBeTooMuch(error) || toBlock === fromBlock) {
        ranges.failed();
        throw error;
      }
      // A lagging server refuses a range beyond its tip with the same error. Then a smaller range does not help.
      await headerAt(reader, toBlock);
      ranges.refused();
    }
  }
}

/**
 * Adds the time of its block to each log, from the header with its number.
 * @throws ChainDataError when that is another block.
 */
export async function withTimes(reader: ChainReader, logs: readonly Log[]): Promise<TimedLog[]> {
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
