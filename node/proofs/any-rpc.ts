import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";

/**
 * Combines several servers of one chain, which are asked in order until one answers. Any of them may be used, because
 * verifiers check the proofs.
 * @throws the error of the last one.
 */
export function anyRpc(rpcs: readonly Rpc[]): Rpc {
  return async (calls) => {
    let last: unknown = new UnavailableError("There is no chain to ask");
    for (const rpc of rpcs) {
      try {
        return await rpc(calls);
      } catch (error) {
        if (!(error instanceof UnavailableError || error instanceof ChainDataError)) throw error;
        last = error;
      }
    }
    throw last;
  };
}
