import { UnavailableError } from "../../errors.ts";

/** One JSON-RPC call: a method and its parameters. */
export type RpcCall = readonly [method: string, params: readonly unknown[]];

/**
 * How asking a chain's server failed; stable, to count by.
 *
 * - `refused`: there was no connection, for example for a closed port, a name that is not known or a bad certificate;
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
  /** Milliseconds after which the server says that it may be asked again. */
  readonly retryAfter: number | undefined;

  constructor(
    kind: RpcFailureKind,
    message: string,
    options?: ErrorOptions & { status?: number; retryAfter?: number | undefined },
  ) {
    super(message, options);
    this.kind = kind;
    this.status = options?.status;
    this.retryAfter = options?.retryAfter;
  }
}

/** The chain answered a call with an error of its own. `rpcCode` and `data` are as in the answer, `words` its message, 300 characters at most. */
export class RpcError extends RpcFailure {
  readonly rpcCode: number;
  readonly words: string;
  readonly data: unknown;
  /** Whether it is the one answer to a batch of several calls. */
  readonly ofBatch: boolean;

  constructor(method: string, error: { code: number; message: string; data?: unknown }, ofBatch = false) {
    super("rpc", `The chain answered ${method} with error ${error.code}: ${error.message.slice(0, 300)}`);
    this.words = error.message.slice(0, 300);
    this.rpcCode = error.code;
    this.data = error.data;
    this.ofBatch = ofBatch;
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
