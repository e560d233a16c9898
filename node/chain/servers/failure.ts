import { RPC_FAILURE_KINDS, RpcFailure, type RpcFailureKind } from "../../../resolver/chain/rpc/rpc.ts";
import {
  ChainDataError,
  HistoryIncompleteError,
  NetworkMismatchError,
  UnavailableError,
} from "../../../resolver/errors.ts";

export const FAILURE_KINDS = [...RPC_FAILURE_KINDS, "absent", "data", "history", "roots", "network", "lag"] as const;

/**
 * Kind of a failure of a chain's server; a stable label of metrics. In addition to {@link RpcFailureKind}:
 *
 * - `absent`: it does not have data of the chain, because it lags, or does not keep old blocks or states;
 * - `data`: its answer is invalid;
 * - `history`: its logs do not fold to the chain's roots;
 * - `roots`: it shows other roots at a block than another server; which of them is wrong is not known yet;
 * - `network`: its chain is another one;
 * - `lag`: it answers, but another server has had later blocks for a while.
 */
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Two servers of a chain show different values of the same slots at the same block. */
export class DisagreementError extends ChainDataError {
  constructor(block: string) {
    super(`Two of the chain's servers show different roots at block ${block}`);
  }
}

/** A server shows an old block as the newest one, while others have later blocks. */
export class LagError extends UnavailableError {
  /**
   * @param ahead number of a server that has the next block.
   * @param time Unix time in seconds.
   */
  constructor(newest: { readonly number: number; readonly time: number }, ahead: number, time: number) {
    const age = time - newest.time;
    super(`Its newest block is ${newest.number}, ${age} s old, and server ${ahead} has had the next one for a while`);
  }
}

/** One failure of one server. It contains no secrets. */
export interface Failure {
  /** Number of the server, from 0, in the order of the configuration. */
  readonly url: number;
  readonly kind: FailureKind;
  readonly reason: string;
  /**
   * Milliseconds for which it is not asked from now on. `undefined` when its circuit was already open, when too much was
   * asked, and when it lags, because then another one is preferred as long as that answers.
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

/** Whether an error is a failure of a server, after which another one is asked. */
export function isFailure(error: unknown): error is Error {
  return error instanceof UnavailableError || error instanceof ChainDataError || error instanceof NetworkMismatchError;
}
