import { runDriver } from "../../../node/run.ts";
import type { AddCommand } from "../../terminal/call.ts";
import { namedIfGiven } from "../../terminal/named.ts";
import { driverEnvironment } from "../../terminal/node-environment.ts";
import { type GlobalOptions, nodeUrl } from "../../terminal/settings.ts";

/** `mapae driver` */
export const add: AddCommand = (program, terminal) => {
  program
    .option(
      "--node <urls>",
      "nodes to ask for did:mapae, separated by commas (default: MAPAE_NODE_URLS, else the chain)",
    )
    .addHelpText(
      "after",
      `
It caches nothing: each question is sent to the nodes, or to the chain in two requests. With a chain it serves did:ethr
of the same registry too. While its nodes or its chain can't be asked, it answers 503, and never "not found".

A driver is configured by MAPAE_* variables, which docs/universal-resolver.md lists; --network, --rpc and --node take
precedence over MAPAE_NETWORK, MAPAE_RPC_URLS and MAPAE_NODE_URLS. It logs JSON lines on stdout. Ctrl-C or SIGTERM end it
after the requests in progress.

Examples:
  $ MAPAE_HTTP_PORT=8081 mapae driver                                    the chain of npm start, beside its node
  $ MAPAE_HTTP_PORT=8081 mapae driver --node http://127.0.0.1:8080       the same by asking the node
  $ curl -s http://127.0.0.1:8081/1.0/identifiers/did:mapae:local:0x…`,
    )
    .action(async (_options: object, command) => {
      const options: GlobalOptions & { readonly node?: string } = command.optsWithGlobals();
      namedIfGiven("--node", options.node, (all) => all.split(",").map((one) => nodeUrl(one.trim())));
      await runDriver(driverEnvironment(terminal, options));
    });
};
