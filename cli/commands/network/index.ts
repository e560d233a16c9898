import type { AddCommand } from "../../terminal/call.ts";
import { addNetworkCheck } from "./check.ts";
import { addNetworkDeploy } from "./deploy.ts";
import { addNetworkInit } from "./init.ts";
import { addNetworkRoles } from "./roles.ts";
import { addNetworkShow } from "./show.ts";

/** `mapae network …` */
export const add: AddCommand = (network, terminal) => {
  addNetworkInit(network, terminal);
  addNetworkDeploy(network, terminal);
  addNetworkShow(network, terminal);
  addNetworkCheck(network, terminal);
  addNetworkRoles(network, terminal);
};
