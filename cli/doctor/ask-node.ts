const ANSWERS_WITHIN_MS = 3_000;

/** What a node says of itself. */
export interface NodeSeen {
  readonly network: string;
  readonly state: string;
}

/** Asks whatever listens at a URL whether it is a node; `undefined` when it is none, or does not answer. */
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

/** Asks an audit listener, which tells a stranger no more than that it is one: of which network, its node's own port says. */
export function askAuditOf(network: string): AskNode {
  return async (url) => {
    const text = (await get(`${url}/audit/openapi.json`)) ?? "";
    // In a refusal it is the code, in the description one of them.
    return text.includes('"AUDIT_TOKEN"') ? { network, state: "its audit listener" } : undefined;
  };
}

async function get(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS), redirect: "error" });
    return await response.text();
  } catch {
    return undefined; // nothing there, or nothing of ours: whether the port is free tells them apart
  }
}
