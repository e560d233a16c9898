import { once } from "node:events";
import { createServer } from "node:net";
import { CliError } from "../cli/errors.ts";
import { type Finding, fault, ok } from "./finding.ts";

const ANSWERS_WITHIN_MS = 3_000;

export interface ListenerCheck {
  readonly host: string;
  readonly port: number;
  /** Name of the network that a node of ours serves. */
  readonly network: string;
}

/** Whether a node of the network answers on its port, or could listen there; `running` tells which. */
export async function checkListener(check: ListenerCheck): Promise<{ finding: Finding; running: boolean }> {
  const { host, port, network } = check;
  const what = `port ${port} of ${host}`;
  if (port === 0) return { finding: ok(what, "any free port is taken"), running: false };
  const answering = await nodeAt(check);
  if (answering?.network === network) {
    return { finding: ok(what, `a node of ${network} answers: ${answering.state?.kind ?? "no state"}`), running: true };
  }
  if (answering !== undefined) {
    const message = `a node of network ${answering.network} answers: choose another port with MAPAE_HTTP_PORT`;
    return { finding: fault(what, new CliError("PORT_BUSY", message)), running: false };
  }
  const problem = await whyNotFree(host, port);
  if (problem === undefined) return { finding: ok(what, "free for a node"), running: false };
  const message = `${problem}: stop what uses it, or choose another one with MAPAE_HTTP_HOST and MAPAE_HTTP_PORT`;
  return { finding: fault(what, new CliError("PORT_BUSY", message)), running: false };
}

interface Answer {
  readonly network?: unknown;
  readonly state?: { readonly kind?: unknown };
}

/** What `/status` of a node says; `undefined` when there is none. */
async function nodeAt({ host, port }: ListenerCheck): Promise<Answer | undefined> {
  const reachable =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  try {
    const response = await fetch(`http://${reachable}:${port}/status`, {
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      redirect: "error",
    });
    const answer = (await response.json()) as Answer | null;
    return typeof answer?.network === "string" ? answer : undefined;
  } catch {
    return undefined; // nothing there, or nothing of ours: the next check tells them apart
  }
}

async function whyNotFree(host: string, port: number): Promise<string | undefined> {
  const server = createServer().listen({ host, port });
  try {
    await once(server, "listening");
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
  server.close();
  await once(server, "close");
  return undefined;
}
