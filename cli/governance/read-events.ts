import { type Address, allLogs, type ChainReader, type Hash, type Log } from "../../resolver/index.ts";

export interface EventQuestion {
  readonly reader: Pick<ChainReader, "header" | "logs">;
  readonly addresses: readonly Address[];
  /** Topics 0 of the events that are wanted. */
  readonly topics: readonly Hash[];
  /** Number of the newest block to read. */
  readonly toBlock: number;
  /** Hears how many blocks of how many are read. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * The events of governance, in the chain's order: they are in no head, so only the chain has them. They are read from block 0
 * on, since the timelocks are older than the registries, in ranges as long as the server gives.
 */
export function readEvents({ reader, addresses, topics, toBlock, onProgress }: EventQuestion): Promise<Log[]> {
  let done = 0;
  const counting: EventQuestion["reader"] = {
    header: (block) => reader.header(block),
    logs: async (filter) => {
      const logs = await reader.logs(filter);
      // Ranges that are asked for at the same time are answered in any order.
      if ("toBlock" in filter) done = Math.max(done, filter.toBlock + 1);
      onProgress?.(done, toBlock + 1);
      return logs;
    },
  };
  // One question for all contracts: a server may take one address or several.
  return allLogs(counting, { addresses, events: topics, fromBlock: 0, toBlock });
}
