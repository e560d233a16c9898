import type { Log as EthersLog, EventLog } from "ethers";
import type { Address, Hash, Hex, Log } from "../../resolver/index.ts";

/** A log of ethers as the library reads it. */
export function logOf({
  address,
  topics,
  data,
  blockNumber,
  blockHash,
  transactionHash,
  index,
}: EthersLog | EventLog): Log {
  const place = {
    blockNumber,
    blockHash: blockHash as Hash,
    transactionHash: transactionHash as Hash,
    logIndex: index,
  };
  return { address: address.toLowerCase() as Address, topics: topics as Hash[], data: data as Hex, ...place };
}
