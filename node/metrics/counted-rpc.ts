import { type Rpc, RpcError } from "../../resolver/chain/rpc.ts";
import { MapaeError } from "../../resolver/errors.ts";

/** An RPC that tells of each request that fails, by the code of its error; `RPC_ERROR` is one that the chain answered. */
export function countedRpc(rpc: Rpc, onFailure: (kind: string) => void): Rpc {
  return async (calls) => {
    try {
      return await rpc(calls);
    } catch (error) {
      onFailure(kindOf(error));
      throw error;
    }
  };
}

function kindOf(error: unknown): string {
  if (error instanceof RpcError) return "RPC_ERROR";
  return error instanceof MapaeError ? error.code : "INTERNAL_ERROR";
}
