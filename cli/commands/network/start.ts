import { type LocalNetwork, startLocalNetwork } from "../../local/local-network.ts";
import { shellWord } from "../../local/shell-word.ts";
import { whatToTry } from "../../local/what-to-try.ts";
import { type AddCommand, callOf } from "../../terminal/call.ts";
import { CliError } from "../../terminal/errors.ts";
import { untilAborted } from "../../terminal/interrupt.ts";
import { expectKnownVariables } from "../../terminal/settings.ts";
import type { Output } from "../../terminal/terminal.ts";

/** The reason of an abort by the person at the terminal. */
const STOPPED = Symbol("stopped");

/** `mapae start`, which is `npm start` */
export const add: AddCommand = (program, terminal) => {
  program
    .addHelpText(
      "after",
      `
Everything listens on 127.0.0.1. The chain is Hardhat's, in memory: each start begins from scratch. Ctrl-C stops all.

Environment:
  MAPAE_CHAIN_PORT    port of the chain (default 8545)
  MAPAE_HTTP_PORT     port of the node (default 8080)
  MAPAE_METRICS_PORT  port of the node's /metrics (default off)
  MAPAE_HOME          folder for network.json, demo.json, logs and data (default .mapae)`,
    )
    .action(async (_options: object, command) => {
      const { out } = callOf(terminal, command);
      expectKnownVariables(terminal.env);
      const stopping = new AbortController();
      const stop = () => stopping.abort(STOPPED);
      const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
      for (const signal of signals) process.on(signal, stop);
      // npm forwards signals, but can't forward a `kill -9`.
      const orphaned = terminal.env.npm_lifecycle_event === undefined ? undefined : whenOrphaned(stop);
      try {
        const network = await startLocalNetwork({ terminal, out, signal: stopping.signal });
        try {
          const { chainUrl, nodeUrl, files, dids } = network;
          out.answer(
            { chain: chainUrl, node: nodeUrl, network: files.network, demo: files.demo, dids },
            whatToTry(network, terminal),
          );
          await supervise(network, out, stopping.signal);
        } finally {
          await network.stop();
        }
      } catch (error) {
        if (error !== STOPPED && !stopping.signal.aborted) throw error;
      } finally {
        for (const signal of signals) process.off(signal, stop);
        clearInterval(orphaned);
      }
      out.note("Stopped.");
    });
};

function whenOrphaned(stop: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  return setInterval(() => process.ppid === parent || stop(), 500);
}

/** Supervises the processes until this one is stopped. The network ends when its chain ends, but not when its node ends. */
async function supervise(
  { chain, node, nodeVariables }: LocalNetwork,
  out: Output,
  signal: AbortSignal,
): Promise<void> {
  let isOver = false;
  node.ended.then(async (how) => {
    if (signal.aborted || isOver) return;
    const variables = Object.entries(nodeVariables).map(([name, value]) => `${name}=${shellWord(value)}`);
    out.warn(
      `The node ended with ${how}; the chain goes on. The end of its log:\n${await node.tail()}\n` +
        `Start it again with:\n  ${variables.join(" ")} npx mapae node`,
    );
  });
  const chainEnded = chain.ended.then(async (how) => {
    isOver = true; // the node is stopped next
    if (signal.aborted) return;
    throw new CliError("CHAIN_STOPPED", `The chain ended with ${how}. The end of its log:\n${await chain.tail()}`);
  });
  await untilAborted(signal, chainEnded);
}
