import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";
import { Preference } from "../../resolver/http/preference.ts";

/**
 * Combines several servers of one chain, of which one after the other is asked until one answers. Any of them may be used,
 * because verifiers check the proofs.
 * @param now Unix time in seconds.
 */
export function anyRpc(rpcs: readonly Rpc[], now: () => number): Rpc {
  const servers = new Preference(rpcs, now);
  return (calls) => servers.first((rpc) => rpc(calls), isFailure);
}

function isFailure(error: unknown): boolean {
  return error instanceof UnavailableError || error instanceof ChainDataError;
}
