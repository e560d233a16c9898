import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";

/**
 * Several servers of one chain as one, which are asked in order: proofs are verified, so that any server will do.
 * @throws what the last one failed with.
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
