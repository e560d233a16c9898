import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}
interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** One of this many requests for the newest block is answered with null, as Besu does under load. */
const NULL_EVERY = 25;

/** A proxy of a geth that behaves like Besu 26.8. */
export interface BesuDialect extends AsyncDisposable {
  readonly url: string;
  /** Maximum number of blocks of one `eth_getLogs`. */
  range: number;
  /** Whether it omits all logs when the logs of a single block are requested. */
  lying: boolean;
  /** How often each peculiarity of the dialect occurred. */
  readonly shown: Readonly<Record<string, number>>;
}

/**
 * Starts a proxy of a validator with Besu's recorded behaviour: a limit of the range of logs (-32005), an error for ranges
 * beyond its head (-32602), sometimes null for the newest block, no `finalized` and `safe` (-39001), a gas price of 1000
 * wei, and Besu's message for a revert.
 */
export async function besuDialect(upstream: string, range: number): Promise<BesuDialect> {
  const shown: Record<string, number> = {};
  let newest = 0;
  const ask = async (calls: readonly Call[]): Promise<Answer[]> => {
    const body = JSON.stringify(calls.map((call, id) => ({ jsonrpc: "2.0", ...call, id })));
    const headers = { "content-type": "application/json" };
    const answers = (await (await fetch(upstream, { method: "POST", headers, body })).json()) as (Answer & {
      id: number;
    })[];
    return calls.map((_, id) => answers.find((one) => one.id === id) ?? { error: { code: -32_603, message: "lost" } });
  };
  const fault = (name: string, code: number, message: string): Answer => {
    shown[name] = (shown[name] ?? 0) + 1;
    return { error: { code, message } };
  };
  const refusal = async ({ method, params }: Call): Promise<Answer | undefined> => {
    const [first] = params as [{ fromBlock?: string; toBlock?: string; blockHash?: string } | string | undefined];
    if (method === "eth_gasPrice") return { result: "0x3e8" };
    if (method === "eth_getBlockByNumber" && (first === "finalized" || first === "safe"))
      return fault("no finalized", -39_001, "Unknown block");
    if (method === "eth_getBlockByNumber" && first === "latest" && ++newest % NULL_EVERY === 0) {
      shown["null latest"] = (shown["null latest"] ?? 0) + 1;
      return { result: null };
    }
    if (method !== "eth_getLogs" || typeof first !== "object" || first.blockHash !== undefined) return undefined;
    const [head] = await ask([{ id: 0, method: "eth_blockNumber", params: [] }]);
    const [from, to] = [Number(first.fromBlock ?? head?.result), Number(first.toBlock ?? head?.result)];
    if (to > Number(head?.result) || from > to) return fault("beyond head", -32_602, "Invalid block params");
    if (to - from + 1 > state.range) return fault("range", -32_005, "Requested range exceeds maximum RPC range limit");
    return undefined;
  };
  const inDialect = ({ method, params }: Call, answer: Answer): Answer => {
    if (answer.error?.code === 3) {
      shown.revert = (shown.revert ?? 0) + 1;
      return { error: { ...answer.error, message: "Execution reverted" } };
    }
    const [filter] = params as [{ blockHash?: string }];
    if (state.lying && method === "eth_getLogs" && filter.blockHash !== undefined) {
      if ((answer.result as unknown[]).length > 0) shown.lies = (shown.lies ?? 0) + 1;
      return { result: [] };
    }
    return answer;
  };
  const answerAll = async (calls: readonly Call[]) => {
    const refused = await Promise.all(calls.map(refusal));
    const asked = calls.filter((_, at) => refused[at] === undefined);
    const answers = asked.length === 0 ? [] : await ask(asked);
    return calls.map((call, at) => {
      const answer = refused[at] ?? inDialect(call, answers[asked.indexOf(call)] ?? {});
      return { jsonrpc: "2.0", id: call.id, ...answer };
    });
  };
  const server = createServer(async (request, response) => {
    try {
      const body = (await json(request)) as Call | Call[];
      const answers = await answerAll(Array.isArray(body) ? body : [body]);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
    } catch {
      // The validator does not answer, so the proxy does not answer either.
      request.socket.destroy();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const state: BesuDialect = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    range,
    lying: false,
    shown,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return state;
}
