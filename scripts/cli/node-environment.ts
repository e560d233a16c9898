import { OTHER_VARIABLES } from "../../node/config-schema.ts";
import { descriptorPath, type GlobalOptions } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** The environment that configures a node: options come before variables, and no key that signs is in it. */
export function nodeEnvironment(terminal: Pick<Terminal, "env">, options: GlobalOptions): Terminal["env"] {
  const ours = Object.entries(terminal.env).filter(([name]) => !OTHER_VARIABLES.includes(name));
  return {
    ...Object.fromEntries(ours),
    MAPAE_NETWORK: descriptorPath(terminal, options),
    ...(options.rpc !== undefined && { MAPAE_RPC_URLS: options.rpc }),
  };
}
