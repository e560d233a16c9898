import { type Address, allLogs, type ChainReader, type Hash, type Log } from "../../resolver/index.ts";

export interface EventQuestion {
  readonly reader: Pick<ChainReader, "header" | "logs">;
  readonly addresses: readonly Address[];
  /** Topics 0 of the events that are wanted. */
  readonly topics: readonly Hash[];
  /** Number of the newest block to read. */
  readonly toBlock: number;
  /** Called with the number of blocks that are read, and their total. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The events of governance, in the chain's order. No head covers them, so they are read from the chain: from block 0 on,
 * because the timelocks are older than the registries, in ranges as long as the server accepts.
 */
export function readEvents({ reader, addresses, topics, toBlock, onProgress }: EventQuestion): Promise<Log[]> {
  let done = 0;
  const counting: EventQuestion["reader"] = {
    header: (block) => reader.header(block),
    logs: async (filter) => {
      const logs = await reader.logs(filter);
      // Ranges that are requested in parallel are answered in any order.
      if ("toBlock" in filter) done = Math.max(done, filter.toBlock + 1);
      onProgress?.(done, toBlock + 1);
      return logs;
    },
  };
  // One filter for all contracts, which `eth_getLogs` allows.
  return allLogs(counting, { addresses, events: topics, fromBlock: 0, toBlock });
}
