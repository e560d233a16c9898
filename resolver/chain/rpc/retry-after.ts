import { type Rpc, RpcFailure } from "./rpc-failure.ts";

/** Upper bound of a server's `Retry-After`, in milliseconds: five minutes. */
const LONGEST_MS = 300_000;

/** Wait after a 429 without `Retry-After`, in milliseconds. */
const DEFAULT_MS = 1_000;

/**
 * Milliseconds until a server may be asked again, from the `Retry-After` (RFC 9110 section 10.2.3: seconds, or a date) of a 429
 * or 503.
 * @returns `undefined` where it does not say so.
 */
export function retryAfterOf({ status, headers }: Pick<Response, "status" | "headers">): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const text = headers.get("retry-after")?.trim() ?? "";
  const wait = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  if (Number.isNaN(wait)) return status === 429 ? DEFAULT_MS : undefined;
  return Math.min(LONGEST_MS, Math.max(0, wait));
}

/**
 * Waits as long as a server's `Retry-After` and asks again, until the waits add up to `maxRetryWait` milliseconds. A failure
 * that needs a longer wait is thrown without waiting.
 */
export function retrying(rpc: Rpc, maxRetryWait: number): Rpc {
  if (maxRetryWait === 0) return rpc;
  return async (calls) => {
    for (let left = maxRetryWait; ; ) {
      try {
        return await rpc(calls);
      } catch (error) {
        const wait = error instanceof RpcFailure ? error.retryAfter : undefined;
        if (wait === undefined || wait > left) throw error;
        // A lower bound, so that a server that answers 0 can't cause endless retries.
        const pause = Math.max(100, wait);
        left -= pause;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  };
}
