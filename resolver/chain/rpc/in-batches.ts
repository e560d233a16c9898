import { type Rpc, type RpcCall, RpcError, RpcFailure } from "./rpc-failure.ts";

/** Most calls in the first batch; a larger request is split. */
const FIRST_BATCH = 1_000;

/** Number of successful requests before a larger batch is tried again. */
const REQUESTS_BEFORE_GROWTH = 64;

/**
 * Error codes by which servers refuse a batch, or its answer, as too large: geth -32003, Besu and Nethermind -32005, Erigon
 * -32600.
 */
const BATCH_LIMITS: ReadonlySet<number> = new Set([-32_003, -32_005, -32_600]);

/**
 * Sends calls in batches as large as the server accepts. A batch that is refused is sent again in halves, down to single calls,
 * which go without a batch. The size that worked is kept, and a larger one is tried again after
 * {@link REQUESTS_BEFORE_GROWTH} requests.
 *
 * @param send sends one batch, or one call.
 * @param onRefusal called with the number of calls in a refused batch.
 */
export function inBatches(send: Rpc, onRefusal: (calls: number) => void = () => {}): Rpc {
  let largest = FIRST_BATCH;
  let requestsBeforeGrowth = REQUESTS_BEFORE_GROWTH;

  return async (calls) => {
    for (let size = Math.min(largest, calls.length); ; ) {
      try {
        const results: unknown[] = [];
        for (const batch of parts(calls, size)) results.push(...(await send(batch)));
        if (size < largest && size < calls.length) {
          largest = size;
          requestsBeforeGrowth = REQUESTS_BEFORE_GROWTH;
        } else if (--requestsBeforeGrowth <= 0) {
          largest = Math.min(FIRST_BATCH, largest * 2);
          requestsBeforeGrowth = REQUESTS_BEFORE_GROWTH;
        }
        return results;
      } catch (error) {
        if (size <= 1) throw error;
        if (isTimeout(error)) {
          // A smaller batch would take as long again: the next request uses one.
          largest = Math.ceil(size / 2);
          throw error;
        }
        if (!mayBeTheBatch(error)) throw error;
        onRefusal(size);
        size = Math.ceil(size / 2);
      }
    }
  };
}

/** Whether a failure may come from asking for many things in one request. */
function mayBeTheBatch(error: unknown): boolean {
  if (error instanceof RpcError) return error.ofBatch || BATCH_LIMITS.has(error.rpcCode);
  if (!(error instanceof RpcFailure)) return false;
  if (error.kind === "http") return [400, 405, 413, 414, 415, 422, 500, 501, 502].includes(error.status ?? 0);
  return ["json", "reset", "size"].includes(error.kind);
}

function isTimeout(error: unknown): boolean {
  return error instanceof RpcFailure && error.kind === "timeout";
}

function* parts(calls: readonly RpcCall[], size: number): Generator<readonly RpcCall[]> {
  for (let from = 0; from < calls.length; from += size) yield calls.slice(from, from + size);
}
