import { CliError } from "../terminal/errors.ts";
import { type GlobalOptions, rpcUrl } from "../terminal/settings.ts";
import type { Terminal } from "../terminal/terminal.ts";

/**
 * Every server of the configured chain: `--rpc`, otherwise all of MAPAE_RPC_URLS, in their order.
 * @throws CliError `CONFIGURATION` for one that is no URL.
 */
export function loadUrls(terminal: Terminal, options: GlobalOptions): readonly string[] {
  const named = (terminal.env.MAPAE_RPC_URLS ?? "").split(",").map((url) => url.trim());
  const urls = options.rpc === undefined ? named.filter(Boolean) : [options.rpc];
  if (urls.length === 0)
    throw new CliError("CONFIGURATION", "No server: name all of them in MAPAE_RPC_URLS, separated by commas");
  return urls.map((rpc) => rpcUrl(terminal, { rpc }));
}
