import { UnavailableError } from "../../errors.ts";

/** One JSON-RPC call: a method and its parameters. */
export type RpcCall = readonly [method: string, params: readonly unknown[]];

/** All {@link RpcFailureKind}s, for example to start a counter of each at 0. */
export const RPC_FAILURE_KINDS = ["refused", "timeout", "reset", "http", "size", "json", "rpc"] as const;

/**
 * How a request to a chain's server failed; stable, for metrics.
 *
 * - `refused`: there was no connection, for example because of a closed port, an unknown host name or a bad certificate;
 * - `timeout`: the answer was not complete in time;
 * - `reset`: the connection broke;
 * - `http`: a status other than 2xx;
 * - `size`: the answer is longer than the limit;
 * - `json`: the body is no JSON-RPC answer to the request;
 * - `rpc`: the answer is a JSON-RPC error.
 */
export type RpcFailureKind = (typeof RPC_FAILURE_KINDS)[number];

/** A chain's server gave no result. */
export class RpcFailure extends UnavailableError {
  readonly kind: RpcFailureKind;
  /** The HTTP status, where it was not 2xx. */
  readonly status: number | undefined;
  /** Milliseconds until the server may be asked again, by its `Retry-After`. */
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

/**
 * The chain answered a call with a JSON-RPC error. `rpcCode` and `data` are as in the answer; `rpcMessage` is the answer's
 * message, cut to 300 characters.
 */
export class RpcError extends RpcFailure {
  readonly rpcCode: number;
  readonly rpcMessage: string;
  readonly data: unknown;
  /** Whether the error is the single answer to a batch of several calls. */
  readonly ofBatch: boolean;

  constructor(method: string, error: { code: number; message: string; data?: unknown }, ofBatch = false) {
    super("rpc", `The chain answered ${method} with error ${error.code}: ${error.message.slice(0, 300)}`);
    this.rpcMessage = error.message.slice(0, 300);
    this.rpcCode = error.code;
    this.data = error.data;
    this.ofBatch = ofBatch;
  }
}

/**
 * Whether a failure may mean that one request asked for too much. Limits, error codes and messages differ between servers: a
 * JSON-RPC error (-32000, -32005, -32602 and others are in use), HTTP 400 or 413, an answer above the limit.
 */
export function mayBeTooMuch(error: unknown): boolean {
  if (!(error instanceof RpcFailure)) return false;
  return error.kind === "rpc" || error.kind === "size" || error.status === 400 || error.status === 413;
}

/**
 * Whether a failure may mean that the answer took a server or its gateway too long: a timeout, a broken connection, HTTP 500,
 * 502, 503 or 504.
 */
export function mayTakeTooLong(error: unknown): boolean {
  if (!(error instanceof RpcFailure)) return false;
  return error.kind === "timeout" || error.kind === "reset" || [500, 502, 503, 504].includes(error.status ?? 0);
}

/**
 * Sends calls to a chain, all of them in one request.
 *
 * @returns the results, in the order of the calls.
 * @throws RpcFailure when no JSON-RPC answer came in time; RpcError when a call failed.
 */
export type Rpc = (calls: readonly RpcCall[]) => Promise<unknown[]>;
