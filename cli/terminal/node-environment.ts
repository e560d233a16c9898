import { DRIVER_VARIABLES, OTHER_VARIABLES } from "../../node/config/variable-names.ts";
import { descriptorPath, type GlobalOptions } from "./settings.ts";
import type { Terminal } from "./terminal.ts";

/** The environment that configures a node: options override variables, and it contains no signing key. */
export function nodeEnvironment(terminal: Pick<Terminal, "env">, options: GlobalOptions): Terminal["env"] {
  return environment(terminal, options, OTHER_VARIABLES);
}

/** The environment that configures a driver, by the same rules. */
export function driverEnvironment(
  terminal: Pick<Terminal, "env">,
  options: GlobalOptions & { readonly node?: string },
): Terminal["env"] {
  const unread = OTHER_VARIABLES.filter((name) => !DRIVER_VARIABLES.some((own) => own === name));
  const read = environment(terminal, options, unread);
  return options.node === undefined ? read : { ...read, MAPAE_NODE_URLS: options.node };
}

function environment(
  terminal: Pick<Terminal, "env">,
  options: GlobalOptions,
  unread: readonly string[],
): Terminal["env"] {
  const ours = Object.entries(terminal.env).filter(([name]) => !unread.includes(name));
  return {
    ...Object.fromEntries(ours),
    MAPAE_NETWORK: descriptorPath(terminal, options),
    ...(options.rpc !== undefined && { MAPAE_RPC_URLS: options.rpc }),
  };
}
