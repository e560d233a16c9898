import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Rpc, type RpcCall, RpcError } from "../../resolver/chain/rpc/rpc.ts";
import { bodyOf } from "./request-body.ts";

/** The answer to a call: a result, or a JSON-RPC error. */
export type RpcAnswer = { readonly result: unknown } | { readonly error: { code: number; message: string } };

/** Changes the honest answer to a call. */
export type Alteration = (call: RpcCall, honest: RpcAnswer) => RpcAnswer;

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * A JSON-RPC server over HTTP in front of a chain, which can falsify answers. Close it with `await using` or
 * `Symbol.asyncDispose`.
 *
 * @returns its URL, the calls so far, and their HTTP requests. `alter`, `largestBatch` (larger batches get HTTP 413) and `busy`
 * (number of further requests that get HTTP 429 with `Retry-After: 0`) can be set at any time.
 */
export async function startRpcServer(rpc: Rpc) {
  const state = {
    url: "",
    calls: [] as RpcCall[],
    requests: 0,
    alter: ((_, honest) => honest) as Alteration,
    largestBatch: Number.POSITIVE_INFINITY,
    busy: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const answer = async ({ id, method, params }: Request) => {
    const call: RpcCall = [method, params];
    state.calls.push(call);
    return { jsonrpc: "2.0", id, ...state.alter(call, await honestAnswer(rpc, call)) };
  };
  const server = createServer(async (request, response) => {
    state.requests += 1;
    if (state.busy-- > 0) return void response.writeHead(429, { "retry-after": "0" }).end();
    const text = await bodyOf(request);
    if (text === undefined) return;
    const body: Request | Request[] = JSON.parse(text);
    if (Array.isArray(body) && body.length > state.largestBatch) return void response.writeHead(413).end();
    const answers = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

async function honestAnswer(rpc: Rpc, call: RpcCall): Promise<RpcAnswer> {
  try {
    const [result] = await rpc([call]);
    return { result };
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return { error: { code: error.rpcCode, message: error.message } };
  }
}
