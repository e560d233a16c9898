import { loadConfig } from "./config/config.ts";
import { loadDriverConfig } from "./driver/config.ts";
import { startDriver } from "./driver/main.ts";
import { startNode } from "./main.ts";
import type { NodeOverrides } from "./parts/context.ts";
import { signalToEnd } from "./runtime/signal-to-end.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs a node, configured by the environment, until the process gets a signal to end. A signal that comes more than a
 * second later ends the process immediately, which loses only open connections.
 *
 * @throws ConfigError, and errors of {@link startNode}.
 */
export async function runNode(env: Environment, overrides?: NodeOverrides): Promise<void> {
  await stopOnSignal(await startNode(loadConfig(env), overrides));
}

/**
 * The same for a driver of the Universal Resolver.
 * @throws ConfigError, and errors of {@link startDriver}.
 */
export async function runDriver(env: Environment): Promise<void> {
  await stopOnSignal(await startDriver(loadDriverConfig(env)));
}

async function stopOnSignal({ stop }: { stop(): Promise<void> }): Promise<void> {
  await signalToEnd();
  await stop();
}
