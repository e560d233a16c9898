/** Signals that end a process properly. */
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Milliseconds within which further signals mean the same as the first one. */
const SAME_WITHIN_MS = 1_000;

/**
 * Resolves when the process gets a signal to end. Ctrl-C and systemd signal every process of a group, and a launcher passes on
 * the signal that it got, so that one request to end arrives twice: for a second, further signals have no effect. After that,
 * one ends the process immediately.
 */
export async function signalToEnd(): Promise<void> {
  let forget = () => {};
  await new Promise<void>((resolve) => {
    const onSignal = () => resolve();
    for (const name of SIGNALS) process.on(name, onSignal);
    forget = () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    };
  });
  setTimeout(forget, SAME_WITHIN_MS).unref();
}
