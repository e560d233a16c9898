import { RpcFailure, type RpcFailureKind } from "../../../resolver/chain/rpc/rpc.ts";
import {
  ChainDataError,
  HistoryIncompleteError,
  NetworkMismatchError,
  UnavailableError,
} from "../../../resolver/errors.ts";

/**
 * How a chain's server failed; stable, to count by. Beside those of {@link RpcFailureKind}:
 *
 * - `absent`: it does not have what the chain has: it lags, or does not keep old blocks or states;
 * - `data`: what it answered can't be true;
 * - `history`: its logs do not fold to the chain's roots;
 * - `roots`: it shows other roots at a block than another server: which of them is wrong is not known yet;
 * - `network`: its chain is another one;
 * - `lag`: it answers, but another server has had later blocks for a while.
 */
export type FailureKind = RpcFailureKind | "absent" | "data" | "history" | "roots" | "network" | "lag";

/** Two servers of a chain show different values of the same slots at the same block. */
export class DisagreementError extends ChainDataError {
  constructor(block: string) {
    super(`Two of the chain's servers show different roots at block ${block}`);
  }
}

/** A server shows an old block as the newest one, while others have later blocks. */
export class LagError extends UnavailableError {
  /** @param ahead which of the servers has the next block. @param time Unix time in seconds. */
  constructor(newest: { readonly number: number; readonly time: number }, ahead: number, time: number) {
    const age = time - newest.time;
    super(`Its newest block is ${newest.number}, ${age} s old, and server ${ahead} has had the next one for a while`);
  }
}

/** One failure of one server. Nothing in it is secret. */
export interface Failure {
  /** Which of the servers, from 0, in the order of their configuration. */
  readonly url: number;
  readonly kind: FailureKind;
  readonly reason: string;
  /**
   * Milliseconds for which it is left alone from now on; `undefined` when it is already, for asking too much of it, and when
   * it lags: then another one is asked as long as that answers.
   */
  readonly pause: number | undefined;
}

export function failureKind(error: unknown): FailureKind {
  if (error instanceof RpcFailure) return error.kind;
  if (error instanceof DisagreementError) return "roots";
  if (error instanceof LagError) return "lag";
  if (error instanceof ChainDataError) return "data";
  if (error instanceof HistoryIncompleteError) return "history";
  if (error instanceof NetworkMismatchError) return "network";
  return "absent";
}

/** Whether an error is a server's failure, for which another one is asked. */
export function isFailure(error: unknown): error is Error {
  return error instanceof UnavailableError || error instanceof ChainDataError || error instanceof NetworkMismatchError;
}
