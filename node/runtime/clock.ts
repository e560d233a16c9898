import { setTimeout as delay } from "node:timers/promises";

/** The node's only source of time, so that a test can replace it. */
export interface Clock {
  /** Unix time in whole seconds. */
  now(): number;
  /** Milliseconds since some instant; never goes back. */
  monotonic(): number;
  /** Waits some milliseconds, or until the signal aborts; never throws. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Math.floor(Date.now() / 1_000),
  monotonic: () => performance.now(),
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  },
};
