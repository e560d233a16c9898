import { readConfig } from "../../node/config.ts";
import { startNode } from "../../node/main.ts";
import { type AddCommand, callOf } from "../cli/call.ts";
import { descriptorPath } from "../cli/settings.ts";
import { endWithParent } from "../local/end-with-parent.ts";

/** `mapae node` */
export const addNode: AddCommand = (parent, terminal) => {
  parent
    .command("node")
    .description("run a node: follow the chain and serve DID documents over HTTP")
    .addHelpText(
      "after",
      `
A node is configured by MAPAE_* variables, which docs/operating.md lists. It logs JSON lines to stdout and stops on
Ctrl-C or SIGTERM when the answers under way are given.

Example:
  $ MAPAE_NETWORK=gov.network.json MAPAE_RPC_URLS=http://10.0.0.5:8545 mapae node`,
    )
    .action(async (_options: object, command) => {
      const { options } = callOf(terminal, command);
      const { MAPAE_RPC_URLS = options.rpc } = terminal.env;
      const env = { ...terminal.env, MAPAE_NETWORK: descriptorPath(terminal, options), MAPAE_RPC_URLS };
      const node = await startNode(await readConfig(env));
      await new Promise<void>(endWithParent);
      await node.stop();
    });
};
