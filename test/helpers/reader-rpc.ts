import type { ChainReader, Header, Log } from "../../resolver/chain/chain-reader.ts";
import { type Rpc, RpcError } from "../../resolver/chain/rpc/rpc.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { sealedBlock } from "./sealed-block.ts";

interface LogQuery {
  readonly address: Address[];
  readonly blockHash?: Hash;
  readonly fromBlock?: string;
  readonly toBlock?: string;
  readonly topics?: readonly [(readonly Hash[] | null)?, Hash?];
}

/**
 * A test's chain as an Ethereum JSON-RPC server, for a node in another process.
 * @param maxRange most blocks for which it returns logs in one request.
 */
export function readerRpc(chain: ChainReader, maxRange = 64): Rpc {
  const answer = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const [first, second, third] = params as [string, string, { blockHash: Hash }];
    switch (method) {
      case "eth_chainId":
        return hex(await chain.chainId());
      case "eth_getBlockByNumber":
        return block(await chain.header(first === "latest" ? first : Number(first)));
      case "eth_getBlockByHash":
        return block(await chain.header(first as Hash));
      case "eth_getCode":
        return chain.code(first as Address);
      case "eth_getStorageAt":
        return (await chain.storage([{ address: first as Address, slot: second as Hash }], third.blockHash))[0];
      case "eth_getLogs":
        return logs(chain, params[0] as LogQuery, maxRange);
      default:
        throw new RpcError(method, { code: -32_601, message: "the method does not exist" });
    }
  };
  return (calls) => Promise.all(calls.map(([method, params]) => answer(method, params)));
}

async function logs(chain: ChainReader, query: LogQuery, maxRange: number) {
  const { address: addresses, blockHash, fromBlock, toBlock, topics } = query;
  const [events, subject] = topics ?? [];
  const of = { addresses, ...(events && { events }), ...(subject && { subject }) };
  if (blockHash !== undefined) return (await chain.logs({ ...of, blockHash })).map(log);
  const end = toBlock === "latest" ? (await chain.header("latest"))?.number : toBlock;
  const range = { ...of, fromBlock: Number(fromBlock), toBlock: Number(end) };
  if (range.toBlock - range.fromBlock >= maxRange) {
    throw new RpcError("eth_getLogs", { code: -32_005, message: "Requested range exceeds maximum RPC range limit" });
  }
  return (await chain.logs(range)).map(log);
}

function log({ address, topics, data, blockNumber, blockHash, transactionHash, logIndex }: Log) {
  return { address, topics, data, blockHash, transactionHash, blockNumber: hex(blockNumber), logIndex: hex(logIndex) };
}

function block(header: Header | null) {
  if (header === null) return null;
  return sealedBlock(header);
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
