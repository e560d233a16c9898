import { PassThrough } from "node:stream";
import { type LocalNetwork, startLocalNetwork } from "../../cli/local/local-network.ts";
import { output, type Terminal } from "../../cli/terminal/terminal.ts";

/** The network of `npm start` in this process, without a terminal. */
export interface Started {
  readonly network: LocalNetwork;
  readonly terminal: Terminal;
}

/**
 * Starts it.
 * @param env variables in addition to those of this process.
 */
export async function startSilently(env: Readonly<Record<string, string>>): Promise<Started> {
  const silent = () => new PassThrough().resume();
  const terminal = { stdin: new PassThrough(), stdout: silent(), stderr: silent(), env: { ...process.env, ...env } };
  const { signal } = new AbortController();
  return { terminal, network: await startLocalNetwork({ terminal, out: output(terminal, true), signal }) };
}
