import { UnavailableError } from "../errors.ts";
import { boundedText, endpoint, type Fetch, reasonOf } from "../http/request.ts";

/** Longest answer that is read from a chain's RPC, in bytes. */
export const MAX_RPC_ANSWER_BYTES = 256 * 1_048_576;

/** Where a chain's JSON-RPC is, and how it is asked. */
export interface RpcOptions {
  /** `http:` or `https:`; a user and password in it are sent as basic authentication. */
  readonly url: string;
  /** Milliseconds for a whole request, its body included. */
  readonly timeout?: number;
  readonly fetch?: Fetch;
}

/** One JSON-RPC call: a method and its parameters. */
export type RpcCall = readonly [method: string, params: readonly unknown[]];

/**
 * How asking a chain's server failed; stable, to count by.
 *
 * - `refused`: there was no connection, be it for a closed port, a name that is not known or a bad certificate;
 * - `timeout`: the answer was not whole in time;
 * - `reset`: the connection broke;
 * - `http`: a status other than 2xx;
 * - `size`: the answer is longer than is read;
 * - `json`: the body is not the JSON-RPC answer to what was asked;
 * - `rpc`: the answer is an error of JSON-RPC.
 */
export type RpcFailureKind = "refused" | "timeout" | "reset" | "http" | "size" | "json" | "rpc";

/** A chain's server gave no result. */
export class RpcFailure extends UnavailableError {
  readonly kind: RpcFailureKind;
  /** The status of HTTP, where it was not 2xx. */
  readonly status: number | undefined;

  constructor(kind: RpcFailureKind, message: string, options?: ErrorOptions & { status?: number }) {
    super(message, options);
    this.kind = kind;
    this.status = options?.status;
  }
}

/** The chain answered a call with an error of its own. `rpcCode` and `data` are as in the answer. */
export class RpcError extends RpcFailure {
  readonly rpcCode: number;
  readonly data: unknown;

  constructor(method: string, error: { code: number; message: string; data?: unknown }) {
    super("rpc", `The chain answered ${method} with error ${error.code}: ${error.message.slice(0, 300)}`);
    this.rpcCode = error.code;
    this.data = error.data;
  }
}

/**
 * Whether a failure may mean that too much was asked at once. Each server has other limits, and other codes and words for
 * them: an error of JSON-RPC (-32000, -32005, -32602 and others are in use), HTTP 400 or 413, an endless answer.
 */
export function mayBeTooMuch(error: unknown): boolean {
  if (!(error instanceof RpcFailure)) return false;
  return error.kind === "rpc" || error.kind === "size" || error.status === 400 || error.status === 413;
}

/**
 * Whether a failure may mean that the answer took a server, or what is before it, too long: a time-out, a connection that
 * broke, a gateway that gave up (HTTP 500, 502, 503, 504).
 */
export function mayTakeTooLong(error: unknown): boolean {
  if (!(error instanceof RpcFailure)) return false;
  return error.kind === "timeout" || error.kind === "reset" || [500, 502, 503, 504].includes(error.status ?? 0);
}

/**
 * Sends calls to a chain, all of them at once.
 *
 * @returns the results, in the order of the calls.
 * @throws RpcFailure when no answer came in time, or it was no JSON-RPC answer; RpcError when a call failed.
 */
export type Rpc = (calls: readonly RpcCall[]) => Promise<unknown[]>;

/** Calls go as one JSON-RPC 2.0 batch over HTTP; a single call goes without a batch. */
export function httpRpc({ url, timeout = 10_000, fetch = globalThis.fetch }: RpcOptions): Rpc {
  const { target, shown, headers: credentials } = endpoint(url);
  const headers = { "content-type": "application/json", ...credentials };
  return async (calls) => {
    if (calls.length === 0) return [];
    const requests = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const text = await post(JSON.stringify(requests.length === 1 ? requests[0] : requests));
    return results(calls, parse(text, shown));
  };

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
    throw new RpcFailure("http", `The chain at ${shown} answered HTTP ${status}`, { status });
  }
}

/** What `fetch` calls a connection that broke before an answer began. */
const BROKEN: ReadonlySet<unknown> = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

function transportKind(error: unknown, answered: boolean): RpcFailureKind {
  const { name, cause } = error as { name?: string; cause?: { code?: unknown } };
  const code = String(cause?.code);
  if (name === "TimeoutError" || /TIMEOUT|ETIMEDOUT/.test(code)) return "timeout";
  return answered || BROKEN.has(code) || code.startsWith("HPE_") ? "reset" : "refused";
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
  const byId = new Map<unknown, unknown>();
  for (const one of answers) if (isObject(one)) byId.set(one.id, one);
  return calls.map(([method], id) => {
    // A whole batch that is refused comes back as one error with id null.
    const one = byId.get(id) ?? (answers.length === 1 ? byId.get(null) : undefined);
    if (!isObject(one)) throw new RpcFailure("json", `The chain left ${method} unanswered`);
    if (isObject(one.error)) {
      const { code, message, data } = one.error;
      throw new RpcError(method, { code: Number(code), message: String(message), data });
    }
    if (one.result === undefined) throw new RpcFailure("json", `The chain answered ${method} without a result`);
    return one.result;
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
