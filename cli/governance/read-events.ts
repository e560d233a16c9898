import type { Log, Provider } from "ethers";
import type { Address, Hash } from "../../resolver/index.ts";

/** Blocks asked for in one call: Besu answers 5 000 unless it is set up otherwise, most public servers more. */
const BLOCKS_A_CALL = 5_000;

export interface EventQuestion {
  readonly provider: Provider;
  readonly addresses: readonly Address[];
  /** Topics 0 of the events that are wanted. */
  readonly topics: readonly Hash[];
  /** Number of the newest block to read. */
  readonly toBlock: number;
}

/**
 * The events of governance, in the chain's order: they are in no head, so only the chain has them. They are read from block 0
 * on, since the timelocks are older than the registries.
 */
export async function readEvents({ provider, addresses, topics, toBlock }: EventQuestion): Promise<Log[]> {
  const logs: Log[] = [];
  for (let fromBlock = 0; fromBlock <= toBlock; fromBlock += BLOCKS_A_CALL) {
    const last = Math.min(toBlock, fromBlock + BLOCKS_A_CALL - 1);
    // One question for all contracts: a server may take one address or several.
    const question = { address: [...addresses], fromBlock, toBlock: last, topics: [[...topics]] };
    logs.push(...(await provider.getLogs(question)));
  }
  return logs;
}
