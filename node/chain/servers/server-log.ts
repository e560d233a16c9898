import type { Logger } from "pino";
import type { Failure } from "./failure.ts";
import type { CaughtUp } from "./lag.ts";

/** Milliseconds for which further failures of one kind of a server are not logged as warnings. */
const QUIET_MS = 600_000;

/** Logs what happens to a chain's servers. */
export interface ServerLog {
  readonly failure: (failure: Failure) => void;
  readonly caughtUp: (server: CaughtUp) => void;
}

/**
 * Logs the failures of a chain's servers: the first of each kind and server as a warning, and again every ten minutes while
 * they continue; all others at level debug. The metrics count all of them. A server that lags may fail several times per
 * second. That a server has caught up is logged at level info after a warning that it lags, otherwise at level debug, so that a
 * server that lags repeatedly causes at most two such lines in ten minutes.
 *
 * @param now returns milliseconds of a monotonic clock.
 */
export function serverLog(logger: Logger, now: () => number): ServerLog {
  const warnedAt = new Map<string, number>();
  const lagging = new Set<number>();
  return {
    failure(failure) {
      const key = `${failure.url} ${failure.kind}`;
      const isNew = now() - (warnedAt.get(key) ?? Number.NEGATIVE_INFINITY) >= QUIET_MS;
      const lags = failure.kind === "lag";
      if ((failure.pause === undefined && !lags) || !isNew)
        return logger.debug(failure, "a server of the chain failed");
      warnedAt.set(key, now());
      if (lags) lagging.add(failure.url);
      const what = lags ? "lags, another one is asked" : "failed, it is left alone for a while";
      logger.warn(failure, `a server of the chain ${what}`);
    },
    caughtUp(server) {
      const level = lagging.delete(server.url) ? "info" : "debug";
      logger[level](server, "a server of the chain has caught up, it is asked again");
    },
  };
}
