import type { Logger } from "pino";
import type { Failure } from "./failure.ts";

/** Milliseconds for which further failures of one kind of a server are not logged as warnings. */
const QUIET_MS = 600_000;

/**
 * Logs the failures of a chain's servers: the first of each kind and server as a warning, and again every ten minutes while
 * they continue; all others at level debug. The metrics count all of them. A server that lags may fail several times per
 * second.
 *
 * @param now returns milliseconds of a monotonic clock.
 */
export function failureLog(logger: Logger, now: () => number): (failure: Failure) => void {
  const warnedAt = new Map<string, number>();
  return (failure) => {
    const key = `${failure.url} ${failure.kind}`;
    const isNew = now() - (warnedAt.get(key) ?? Number.NEGATIVE_INFINITY) >= QUIET_MS;
    const lags = failure.kind === "lag";
    if ((failure.pause === undefined && !lags) || !isNew) return logger.debug(failure, "a server of the chain failed");
    warnedAt.set(key, now());
    const what = lags ? "lags, another one is asked" : "failed, it is left alone for a while";
    logger.warn(failure, `a server of the chain ${what}`);
  };
}
