import type { AddCommand } from "../../terminal/call.ts";
import { addNetworkCheck } from "./check.ts";
import { addNetworkDeploy } from "./deploy.ts";
import { addNetworkInit } from "./init.ts";
import { addRelay } from "./relay.ts";
import { addNetworkRoles } from "./roles.ts";
import { addNetworkShow } from "./show.ts";
import { addStart } from "./start.ts";

/** `mapae network …`, `mapae relay`, `mapae start` */
export const add: AddCommand = (program, terminal) => {
  const network = program.command("network").description("found, deploy and describe networks");
  addNetworkInit(network, terminal);
  addNetworkDeploy(network, terminal);
  addNetworkShow(network, terminal);
  addNetworkCheck(network, terminal);
  addNetworkRoles(network, terminal);
  addRelay(program, terminal);
  addStart(program, terminal);
};
