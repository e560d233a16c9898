import { boundedText } from "../../resolver/http/request.ts";

const ANSWERS_WITHIN_MS = 3_000;

/** Longest answer that is read, in bytes: anything may listen on the port. */
const MAX_ANSWER_BYTES = 4_194_304;

/** The network and the state of a node, from its own answer. */
export interface NodeSeen {
  readonly network: string;
  readonly state: string;
}

/** Asks the server at a URL whether it is a node; `undefined` when it is none, or does not answer. */
export type AskNode = (url: string) => Promise<NodeSeen | undefined>;

/** Asks a public listener. */
export const askStatus: AskNode = async (url) => {
  const text = await get(`${url}/status`);
  try {
    const { network, state } = JSON.parse(text ?? "null") ?? {};
    return typeof network === "string" ? { network, state: String(state?.kind ?? "no state") } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // something else answers
    throw error;
  }
};

/** Asks a metrics listener. */
export const askMetrics: AskNode = async (url) => {
  const text = (await get(`${url}/metrics`)) ?? "";
  const [, network] = /^mapae_info\{[^}]*network="([^"]*)"/m.exec(text) ?? [];
  const [, state = "no state"] = /^mapae_state\{state="([a-z]+)"\} 1$/m.exec(text) ?? [];
  return network === undefined ? undefined : { network, state };
};

/** Asks an audit listener. Without a token it does not tell its network, so that is taken from its node's public port. */
export function askAuditOf(network: string): AskNode {
  return async (url) => {
    const text = (await get(`${url}/audit/openapi.json`)) ?? "";
    // A refusal has it as its code, the OpenAPI description as one of its codes.
    return text.includes('"AUDIT_TOKEN"') ? { network, state: "its audit listener" } : undefined;
  };
}

async function get(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS), redirect: "error" });
    return await boundedText(response, MAX_ANSWER_BYTES, () => new RangeError("it is too long for a node's answer"));
  } catch {
    return undefined; // no listener, or a foreign one: the caller distinguishes them by whether the port is free
  }
}
