import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { UnavailableError } from "../../resolver/errors.ts";

/** Most calls of one resolution by a library that makes one for each change of an identity. */
export const MAX_CALLS = 1_000;

/** Milliseconds after which a resolution makes no more calls. */
export const MAX_DURATION = 20_000;

/**
 * An RPC for one resolution: within {@link MAX_CALLS} and {@link MAX_DURATION}, so that no request makes a driver ask without end.
 * @param clock milliseconds of a clock that never goes back.
 */
export function boundedRpc(rpc: Rpc, clock: () => number = () => performance.now()): Rpc {
  const until = clock() + MAX_DURATION;
  let calls = 0;
  return async (batch) => {
    calls += batch.length;
    if (calls > MAX_CALLS) throw new UnavailableError(`This would take more than ${MAX_CALLS} calls of the chain`);
    if (clock() > until) throw new UnavailableError(`This would take more than ${MAX_DURATION} ms`);
    return rpc(batch);
  };
}
