import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { UnavailableError } from "../../resolver/errors.ts";

/** Maximum number of calls for one resolution. The library for did:ethr makes one for each change of an identity. */
export const MAX_CALLS = 1_000;

/** Milliseconds after which a resolution may make no more calls. */
export const MAX_DURATION = 20_000;

/**
 * An RPC for one resolution, limited by {@link MAX_CALLS} and {@link MAX_DURATION}, so that no request keeps a driver busy
 * without bound.
 * @param clock returns milliseconds of a monotonic clock.
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
