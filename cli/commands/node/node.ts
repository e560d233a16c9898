import { runNode } from "../../../node/run.ts";
import type { AddCommand } from "../../terminal/call.ts";
import { nodeEnvironment } from "../../terminal/node-environment.ts";

/** `mapae node` */
export const add: AddCommand = (program, terminal) => {
  program
    .addHelpText(
      "after",
      `
A node is configured by MAPAE_* variables, which docs/operating-configure.md lists; --network and --rpc take precedence over
MAPAE_NETWORK and MAPAE_RPC_URLS. It logs JSON lines on stdout. Ctrl-C or SIGTERM end it after the requests in progress.

Example:
  $ MAPAE_RPC_URLS=http://10.0.0.5:8545,http://10.0.0.6:8545 mapae node --network gov.network.json`,
    )
    .action(async (_options: object, command) => {
      // A node that `mapae start` or the launcher runs ends when that process ends, for whatever reason.
      process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
      process.channel?.unref(); // listening to it would keep a stopped node alive
      await runNode(nodeEnvironment(terminal, command.optsWithGlobals()));
    });
};
