import type { Clock } from "./clock.ts";

export interface RoundsOptions<T> {
  readonly items: readonly T[];
  /** Never rejects, and ends soon after its signal aborts. */
  readonly task: (item: T, signal: AbortSignal) => Promise<void>;
  /** Milliseconds between the beginnings of two rounds. */
  readonly pauseMs: number;
  readonly clock: Pick<Clock, "sleep">;
  /** Called before each round. */
  readonly onRound?: () => void;
}

/**
 * Runs a task for each item in rounds until the signal aborts. A task that is still running is not started again, so that a
 * slow one delays no other.
 */
export async function inRounds<T>(
  { items, task, pauseMs, clock, onRound }: RoundsOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const running = new Map<T, Promise<void>>();
  while (!signal.aborted && items.length > 0) {
    onRound?.();
    for (const item of items) {
      if (!running.has(item))
        running.set(
          item,
          task(item, signal).finally(() => running.delete(item)),
        );
    }
    await clock.sleep(pauseMs, signal);
  }
  await Promise.all(running.values());
}
