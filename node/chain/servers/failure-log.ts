import type { Logger } from "pino";
import type { Failure } from "./failure.ts";

/** How long a server's failures of one kind are not logged again as a warning, in milliseconds. */
const QUIET_MS = 600_000;

/**
 * Logs the failures of a chain's servers: the first of each kind of each server as a warning, and again every ten minutes while
 * they go on; all others are for debugging, and counted by the metrics. A server that lags behind others fails several times
 * a second.
 *
 * @param now milliseconds of a clock that never goes back.
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
