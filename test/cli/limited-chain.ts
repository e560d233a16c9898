import { network } from "hardhat";
import { type RpcCall, RpcError } from "../../resolver/chain/rpc/rpc.ts";
import { startRpcServer } from "../helpers/rpc-server.ts";

/** Most blocks whose logs the server gives at once: Besu's default (`--rpc-max-logs-range`). */
export const LIMIT = 5_000;

/** A command's requests to the server. */
export interface Asked {
  /** Requests of HTTP: a batch is one. */
  readonly requests: number;
  /** Blocks of all ranges of logs that were answered. */
  readonly blocks: number;
}

/**
 * A chain in this process, behind a server that refuses the logs of more than {@link LIMIT} blocks and counts what it is asked.
 */
export async function startLimitedChain() {
  const { provider } = await network.create("default");
  let blocks = 0;
  const answer = async ([method, params]: RpcCall): Promise<unknown> => {
    if (method === "eth_getLogs") {
      const range = blocksOf(params[0] as Filter, Number(await provider.request({ method: "eth_blockNumber" })));
      if (range > LIMIT)
        throw new RpcError(method, { code: -32_005, message: "Requested range exceeds maximum RPC range limit" });
      blocks += range;
    }
    return provider.request({ method, params: [...params] });
  };
  const server = await startRpcServer((calls) => Promise.all(calls.map(answer)));
  return {
    url: server.url,
    /** Mines blocks one by one: those that Hardhat mines at once have no parents. */
    async mine(count: number): Promise<void> {
      for (let mined = 0; mined < count; mined++) await provider.request({ method: "evm_mine" });
    },
    /** Returns the requests that were made while `work` ran. */
    async during(run: () => Promise<unknown>): Promise<Asked> {
      const before = { requests: server.requests, blocks };
      await run();
      return { requests: server.requests - before.requests, blocks: blocks - before.blocks };
    },
    stop: () => server[Symbol.asyncDispose](),
  };
}

interface Filter {
  readonly fromBlock?: string;
  readonly toBlock?: string;
  readonly blockHash?: string;
}

/** The number of blocks of a request for logs. */
function blocksOf({ fromBlock, toBlock, blockHash }: Filter, newest: number): number {
  if (blockHash !== undefined) return 1;
  const numberOf = (block = "latest") => (block.startsWith("0x") ? Number(block) : block === "earliest" ? 0 : newest);
  return numberOf(toBlock) - numberOf(fromBlock) + 1;
}
