import { once } from "node:events";
import { loadConfig } from "./config.ts";
import { type NodeOverrides, startNode } from "./main.ts";

/** Signals that end a node in good order. */
const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Runs a node, set up by the environment, until the process is told to end. A second signal ends the process at once,
 * which loses nothing but open connections.
 *
 * @throws ConfigError and whatever {@link startNode} throws.
 */
export async function runNode(
  env: Readonly<Record<string, string | undefined>>,
  overrides?: NodeOverrides,
): Promise<void> {
  const node = await startNode(loadConfig(env), overrides);
  const settled = new AbortController();
  await Promise.race(SIGNALS.map((name) => once(process, name, { signal: settled.signal }).catch(() => undefined)));
  settled.abort();
  await node.stop();
}
