import { descriptorPath, type GlobalOptions } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** Variables of the command line itself. */
const NOT_FOR_NODES = [
  "MAPAE_CHAIN_PORT",
  "MAPAE_DEBUG",
  "MAPAE_GAS_PRICE",
  "MAPAE_HOME",
  "MAPAE_KEYSTORE",
  "MAPAE_KEYSTORE_PASSWORD",
  "MAPAE_KEYSTORE_PASSWORD_FILE",
  "MAPAE_PRIVATE_KEY",
];

/** The environment that configures a node: options come before variables, and no key that signs is in it. */
export function nodeEnvironment(terminal: Pick<Terminal, "env">, options: GlobalOptions): Terminal["env"] {
  const ours = Object.entries(terminal.env).filter(([name]) => !NOT_FOR_NODES.includes(name));
  return {
    ...Object.fromEntries(ours),
    MAPAE_NETWORK: descriptorPath(terminal, options),
    ...(options.rpc !== undefined && { MAPAE_RPC_URLS: options.rpc }),
  };
}
