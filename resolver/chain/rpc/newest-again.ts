import type { Rpc, RpcCall } from "./rpc.ts";

/**
 * Repeats a request for the newest block once, immediately, when the answer is null: Besu under load answers so at times, and
 * has a newest block a moment later.
 */
export function newestAgain(rpc: Rpc): Rpc {
  return async (calls) => {
    const results = await rpc(calls);
    const again = calls.flatMap((call, at) => (asksForNewest(call) && results[at] === null ? [at] : []));
    if (again.length === 0) return results;
    const answers = await rpc(again.map((at) => calls[at] as RpcCall));
    return results.map((result, at) => (again.includes(at) ? answers[again.indexOf(at)] : result));
  };
}

function asksForNewest([method, [block]]: RpcCall): boolean {
  return method === "eth_getBlockByNumber" && block === "latest";
}
