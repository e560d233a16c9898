import { listenFault } from "../../node/http/server/listen-fault.ts";
import { inUrl } from "../founding/ports.ts";
import { listenError } from "../local/ports.ts";
import { CliError } from "../terminal/errors.ts";
import type { AskNode } from "./ask-node.ts";
import { type Finding, fault, ok } from "./finding.ts";

export interface ListenerCheck {
  /** What listens there, such as `port`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The variables that set host and port. */
  readonly variables: string;
  /** Name of the network that the node serves. */
  readonly network: string;
  readonly ask: AskNode;
}

/** Whether a node of the network answers on its port (`running`), or could listen there. */
export async function checkListener(check: ListenerCheck): Promise<{ finding: Finding; running: boolean }> {
  const { name, host, port, variables, network, ask } = check;
  const what = `${name} ${port} of ${host}`;
  if (port === 0) return { finding: ok(what, "any free port is taken"), running: false };
  const seen = await ask(`http://${reachable(host)}:${port}`);
  if (seen?.network === network) {
    return { finding: ok(what, `a node of ${network} answers: ${seen.state}`), running: true };
  }
  const problem = seen ? `a node of network ${seen.network} answers` : await whyNotFree(host, port);
  if (problem === undefined) return { finding: ok(what, "free for a node"), running: false };
  const message = `${problem}: choose another one with ${variables}`;
  return { finding: fault(what, new CliError("PORT_BUSY", message)), running: false };
}

/** The address by which this machine reaches a listener. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return inUrl(host);
}

async function whyNotFree(host: string, port: number): Promise<string | undefined> {
  const error = await listenError({ host, port });
  return error && listenFault(error.code);
}
