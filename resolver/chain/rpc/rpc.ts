import { boundedText, endpoint, type Fetch, reasonOf } from "../../http/request.ts";
import { inBatches } from "./in-batches.ts";
import { retryAfterOf, retrying } from "./retry-after.ts";
import { type Rpc, type RpcCall, RpcError, RpcFailure, type RpcFailureKind } from "./rpc-failure.ts";

export {
  mayBeTooMuch,
  mayTakeTooLong,
  RPC_FAILURE_KINDS,
  type Rpc,
  type RpcCall,
  RpcError,
  RpcFailure,
  type RpcFailureKind,
} from "./rpc-failure.ts";

/**
 * Longest answer that is read from a chain's RPC, in bytes. In memory it takes several times as much, of the 1 GiB that a node
 * has.
 */
export const MAX_RPC_ANSWER_BYTES = 64 * 1_048_576;

/** The JSON-RPC endpoint of a chain, and the limits of its requests. */
export interface RpcOptions {
  /** An `http:` or `https:` URL; its user and password are sent as basic authentication. */
  readonly url: string;
  /** Milliseconds for a whole request, its body included; 10 000 unless given. */
  readonly timeout?: number;
  /**
   * Maximum total milliseconds to wait, for one request, while the server answers with `Retry-After`; 0 unless given. A caller
   * with another server asks that one instead of waiting.
   */
  readonly maxRetryWait?: number;
  /** Called with the number of calls in a batch that the server refused; the calls are sent again in smaller batches. */
  readonly onBatchRefused?: (calls: number) => void;
  readonly fetch?: Fetch;
}

/**
 * JSON-RPC 2.0 over HTTP. Calls are sent as one batch, or as several where the server refuses a batch of that size; a single
 * call is sent without a batch.
 */
export function httpRpc({
  url,
  timeout = 10_000,
  maxRetryWait = 0,
  onBatchRefused,
  fetch = globalThis.fetch,
}: RpcOptions): Rpc {
  const { target, shown, headers: credentials } = endpoint(url);
  const headers = { "content-type": "application/json", ...credentials };
  return inBatches(retrying(ask, maxRetryWait), onBatchRefused);

  async function ask(calls: readonly RpcCall[]): Promise<unknown[]> {
    const requests = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const text = await post(JSON.stringify(requests.length === 1 ? requests[0] : requests));
    return results(calls, parse(text, shown));
  }

  async function post(body: string): Promise<string> {
    let response: Response | undefined;
    try {
      const signal = AbortSignal.timeout(timeout);
      response = await fetch(target, { method: "POST", headers, body, signal, redirect: "manual" });
      if (response.ok) return await boundedText(response, MAX_RPC_ANSWER_BYTES, tooLong);
      await response.body?.cancel();
    } catch (cause) {
      if (cause instanceof RpcFailure) throw cause;
      const kind = transportKind(cause, response !== undefined);
      throw new RpcFailure(kind, `Could not ask the chain at ${shown}: ${reasonOf(cause)}`, { cause });
    }
    const { status } = response;
    const retryAfter = retryAfterOf(response);
    const advice = NO_RPC.has(status) ? ", wanted JSON-RPC: is this the URL of a chain's server?" : "";
    throw new RpcFailure("http", `The chain at ${shown} answered HTTP ${status}${advice}`, { status, retryAfter });
  }
}

/** Statuses of a server that has no JSON-RPC at a URL: it has no such page, or none that accepts POST. */
const NO_RPC: ReadonlySet<number> = new Set([404, 405]);

/** The codes that `fetch` gives a connection that broke before an answer began. */
const BROKEN: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

function transportKind(error: unknown, answered: boolean): RpcFailureKind {
  const { name, cause } = error as { name?: string; cause?: { name?: unknown; code?: unknown } };
  const code = String(cause?.code);
  if (name === "TimeoutError" || /TIMEOUT|ETIMEDOUT/.test(code)) return "timeout";
  return answered || BROKEN.has(code) || cause?.name === "HTTPParserError" ? "reset" : "refused";
}

function tooLong(): RpcFailure {
  return new RpcFailure("size", `The chain's answer is longer than ${MAX_RPC_ANSWER_BYTES} bytes`);
}

function parse(text: string, shown: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RpcFailure("json", `The chain at ${shown} answered something else than JSON`, { cause });
  }
}

function results(calls: readonly RpcCall[], answer: unknown): unknown[] {
  const answers = Array.isArray(answer) ? answer : [answer];
  const isOneForAll = answers.length === 1 && calls.length > 1;
  const byId = new Map<unknown, unknown>();
  for (const one of answers) if (isObject(one)) byId.set(one.id, one);
  return calls.map(([method], id) => {
    // A refused batch is answered with one error whose id is null.
    const one = byId.get(id) ?? (answers.length === 1 ? (byId.get(null) ?? byId.get(undefined)) : undefined);
    if (!isObject(one)) throw new RpcFailure("json", `The chain left ${method} unanswered`);
    if (isObject(one.error)) {
      const { code, message, data } = one.error;
      throw new RpcError(method, { code: codeOf(code), message: textOf(message), data }, isOneForAll);
    }
    if (one.result === undefined) throw new RpcFailure("json", `The chain answered ${method} without a result`);
    return one.result;
  });
}

/** The code of an error; 0 for a value that is no integer. `Number` throws for some objects. */
function codeOf(code: unknown): number {
  const number = typeof code === "number" || typeof code === "string" ? Number(code) : 0;
  return Number.isSafeInteger(number) ? number : 0;
}

/** The message of an error, on one line. */
function textOf(message: unknown): string {
  return typeof message === "string" ? message.replace(/\s+/g, " ") : "(no message)";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
