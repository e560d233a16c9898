/** A part of a node. Its `create…` function starts nothing; it is started at most once, and stopped once in any case. */
export interface Part {
  start?(): void | Promise<void>;
  stop?(): Promise<void>;
}

/** A part that runs until it is stopped. `run` returns soon after its signal aborts, and never rejects. */
export function loop(run: (signal: AbortSignal) => Promise<unknown>): Required<Part> {
  const stopping = new AbortController();
  let running: Promise<unknown> | undefined;
  return {
    start() {
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Starts parts in the order given. They are stopped in the same order, so name those first that use the others.
 * @returns a function that stops all of them; calling it again waits for the same stop.
 * @throws the error of a part that can't start; all parts are stopped then.
 */
export async function startParts(parts: readonly Part[]): Promise<() => Promise<void>> {
  let stopped: Promise<void> | undefined;
  const stopAll = async () => {
    for (const part of parts) await part.stop?.();
  };
  const stop = () => {
    stopped ??= stopAll();
    return stopped;
  };
  try {
    for (const part of parts) await part.start?.();
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
