import { type Address, allLogs, type ChainReader, type Hash, type Log } from "../../resolver/index.ts";

export interface EventQuestion {
  readonly reader: ChainReader;
  readonly addresses: readonly Address[];
  /** Topics 0 of the events that are wanted. */
  readonly topics: readonly Hash[];
  /** Number of the newest block to read. */
  readonly toBlock: number;
}

/**
 * The events of governance, in the chain's order: they are in no head, so only the chain has them. They are read from block 0
 * on, since the timelocks are older than the registries, in ranges as long as the server gives.
 */
export function readEvents({ reader, addresses, topics, toBlock }: EventQuestion): Promise<Log[]> {
  // One question for all contracts: a server may take one address or several.
  return allLogs(reader, { addresses, events: topics, fromBlock: 0, toBlock });
}
