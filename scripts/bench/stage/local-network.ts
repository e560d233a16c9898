import { PassThrough } from "node:stream";
import { type LocalNetwork, startLocalNetwork } from "../../../cli/local/local-network.ts";
import { output, type Terminal } from "../../../cli/terminal/terminal.ts";
import { freePorts } from "../../rehearsal/free-ports.ts";
import { outerEnvironment } from "./environment.ts";
import { openFolder } from "./folder.ts";

/** The network of `npm start`, on free ports and without a terminal. */
export interface BenchLocalNetwork extends AsyncDisposable {
  readonly network: LocalNetwork;
  /** The terminal for its commands; its output is ignored. */
  readonly terminal: Terminal;
  readonly auditUrl: string;
  /** Its folder, to which further files may be written. */
  readonly folder: string;
}

export async function openLocalNetwork(): Promise<BenchLocalNetwork> {
  const folder = await openFolder();
  const [chain, http, audit] = await freePorts(3);
  const env = {
    ...outerEnvironment(),
    MAPAE_HOME: folder.path,
    MAPAE_CHAIN_PORT: chain,
    MAPAE_HTTP_PORT: http,
    MAPAE_AUDIT_PORT: audit,
  };
  const silent = () => new PassThrough().resume();
  const terminal = { stdin: new PassThrough(), stdout: silent(), stderr: silent(), env };
  const { signal } = new AbortController();
  const network = await startLocalNetwork({ terminal, out: output(terminal, true), signal });
  return {
    network,
    terminal,
    auditUrl: `http://127.0.0.1:${audit}`,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      await network.stop();
      await folder.remove();
    },
  };
}
