import type { ChainReader, Slot } from "../../../resolver/chain/chain-reader.ts";
import { mayBeTooMuch } from "../../../resolver/chain/rpc/rpc.ts";
import { NetworkMismatchError, UnavailableError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { Pauses } from "../../runtime/backoff.ts";
import { DisagreementError, type Failure, failureKind, isFailure } from "./failure.ts";
import { type CaughtUp, LagWatch } from "./lag.ts";
import { type Question, Server } from "./server.ts";

/** Pauses after failures of a server. */
const PAUSES: Pauses = { first: 500, longest: 30_000 };

/** Maximum milliseconds to wait for the answer of a second server. */
const WITNESS_MS = 1_000;

/** One chain behind several servers. */
export interface FailoverReader extends ChainReader {
  /**
   * Compares chain, genesis and code of the last asked server again.
   * @throws UnavailableError when it fails, so that another one is asked next; NetworkMismatchError when all servers are of
   * another chain.
   */
  verify(): Promise<void>;
  /** To be called when the answers of the last asked server proved right: resets its failures. */
  trust(): void;
  /**
   * To be called when the answers of the last asked server are wrong or old: it is not asked for a while.
   * @param stalledAt number of its newest block, if the chain has newer ones: see `Server.fail`.
   * @returns whether there is another one to ask.
   */
  distrust(error: Error, stalledAt?: number): boolean;
  /**
   * Whether other servers show the same values of slots at a block as the last asked one. A server that does not have the
   * block yet, or does not answer within {@link WITNESS_MS}, is not counted.
   */
  isConfirmed(reported: { slots: readonly Slot[]; block: Hash; values: readonly Hash[] }): Promise<boolean>;
}

export interface FailoverOptions {
  /** In order of preference; at least one. */
  readonly readers: readonly ChainReader[];
  /** Number of servers that are asked for confirmation, including the one that reported the values; by default 1. */
  readonly agreement?: number | undefined;
  /** Throws when a reader's chain is another one. Called before the first question to a reader, and again after it failed. */
  readonly verify: (reader: ChainReader) => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Unix time in seconds. */
  readonly time: () => number;
  /** Numbers from 0 on, below 1. */
  readonly random: () => number;
  readonly onFailure?: ((failure: Failure) => void) | undefined;
  readonly onCaughtUp?: ((server: CaughtUp) => void) | undefined;
  readonly pauses?: Pauses | undefined;
}

/**
 * Asks one server as long as it answers, then the others once each, in order of preference. A server that failed is not
 * asked for the time that it requests (`Retry-After`), or for a pause that grows with each failure; then it is probed. The
 * reader changes back to a preferred server only with a question for the newest block, so that all questions about a block
 * go to one server. With that question it also changes from a server that lags (`LagWatch`) to one that does not. When all
 * circuits are open, each server is asked nevertheless, beginning with the shortest wait, except those that requested a
 * pause: the caller pauses itself.
 *
 * Any error other than a MapaeError while a server is asked counts as its fault: `ChainDataError`.
 *
 * A question throws the failure of the last asked server, and `NetworkMismatchError` only when all servers are of another
 * chain.
 */
export function failover(options: FailoverOptions): FailoverReader {
  const { readers, agreement = 1, verify, now, time, random, pauses = PAUSES, onFailure, onCaughtUp } = options;
  const servers = readers.map(
    (reader, number) => new Server({ number, reader, verify, now, random, pauses, onFailure }),
  );
  const lagging = new LagWatch({ servers, now, time, onCaughtUp });
  let current = servers[0];

  /** The first server with a closed circuit that does not lag; if there is none, the first with a closed circuit. */
  const best = (among: readonly Server[]): Server | undefined => {
    const closed = among.filter(({ circuit }) => circuit.isClosed);
    return closed.find((server) => !lagging.lags(server)) ?? closed[0];
  };

  /**
   * The next server to ask: one with a closed circuit, otherwise one whose pause is over, otherwise, if there was none at
   * the beginning, the one with the shortest wait.
   */
  const choose = (tried: ReadonlySet<Server>, isAnyReady: boolean): Server | undefined => {
    const rest = servers.filter((server) => !tried.has(server));
    if (current?.circuit.isClosed && !tried.has(current)) return current;
    const ready = best(rest) ?? rest.find(({ circuit }) => circuit.wait <= 0);
    if (isAnyReady) return ready;
    const free = rest.filter(({ circuit }) => !circuit.isHeld);
    return free.toSorted((a, b) => a.circuit.wait - b.circuit.wait)[0];
  };

  /** The error when no server answered; `last` is the failure of the last asked one. */
  const verdict = (last: Error): Error => {
    if (!(last instanceof NetworkMismatchError)) return last;
    const other = servers.find(({ failure }) => !(failure instanceof NetworkMismatchError));
    return other ? new UnavailableError(other.failure?.message ?? last.message, { cause: last }) : last;
  };

  /** @param divisible whether the caller can ask for less when this is too much. */
  const ask = <T>(question: Question<T>, divisible?: boolean) => askOne((server) => server.ask(question), divisible);

  const askOne = async <T>(ask: (server: Server) => Promise<T>, divisible = false): Promise<T> => {
    const tried = new Set<Server>();
    let last: Error = servers.find(({ failure }) => failure !== undefined)?.failure ?? noServer();
    const isAnyReady = servers.some(({ circuit }) => circuit.wait <= 0);
    for (let server = choose(tried, isAnyReady); server; server = choose(tried, isAnyReady)) {
      tried.add(server);
      current = server;
      try {
        const answer = await ask(server);
        server.circuit.close();
        return answer;
      } catch (error) {
        if (!isFailure(error)) throw error;
        if (divisible && server.isVerified && mayBeTooMuch(error)) {
          server.report(error);
          throw error;
        }
        server.fail(error);
        last = error;
      }
    }
    throw verdict(last);
  };

  /**
   * Chooses the server to ask. Preferred ones that failed are probed without waiting for them, because a server that does
   * not answer takes until its timeout.
   */
  const turn = () => {
    if (!current?.circuit.isClosed) return;
    for (const server of servers.slice(0, current.number)) {
      const { circuit, isAskedAside } = server;
      if (!circuit.isClosed && circuit.wait <= 0 && !isAskedAside) void server.probe();
    }
    lagging.look(current);
    current = best(servers);
  };

  return {
    async verify() {
      const server = current;
      try {
        await server?.verify();
      } catch (error) {
        if (!isFailure(error)) throw error;
        server?.fail(error);
        throw verdict(error);
      }
    },
    trust: () => current?.circuit.forget(),
    distrust(error, stalledAt) {
      current?.fail(error, stalledAt);
      return servers.some(({ circuit }) => circuit.isClosed);
    },
    async isConfirmed({ slots, block, values }) {
      const free = servers.filter((one) => one !== current && one.circuit.wait <= 0 && !one.isAskedAside);
      const fitFirst = free.toSorted((a, b) => Number(lagging.lags(a)) - Number(lagging.lags(b)));
      const others = fitFirst.slice(0, agreement - 1);
      const answers = others.map(async (server) => {
        const theirs = await soon(server.askAside((reader) => reader.storage(slots, block), isLasting));
        const isSame = theirs?.every((value, at) => value === values[at]) ?? true;
        if (!isSame) server.report(new DisagreementError(block));
        return isSame;
      });
      return (await Promise.all(answers)).every(Boolean);
    },
    chainId: () => ask((reader) => reader.chainId()),
    header(block) {
      if (block !== "latest") return ask((reader) => reader.header(block));
      turn();
      return askOne((server) => server.newestBlock());
    },
    headers: (numbers) => ask((reader) => reader.headers(numbers)),
    checkedHeaders: (blocks) => ask((reader) => reader.checkedHeaders(blocks)),
    receiptLogs: (header) => ask((reader) => reader.receiptLogs(header)),
    logs: (filter) => ask((reader) => reader.logs(filter), "fromBlock" in filter && filter.fromBlock < filter.toBlock),
    storage: (slots, blockHash) => ask((reader) => reader.storage(slots, blockHash)),
    // Divisible, because too many logs can be read from receipts instead.
    logsAndStorage: (addresses, slots, blockHash) =>
      ask((reader) => reader.logsAndStorage(addresses, slots, blockHash), true),
    history(query) {
      turn();
      // Divisible, because a subject with too many logs is not the server's fault.
      return ask((reader) => reader.history(query), true);
    },
    code: (address) => ask((reader) => reader.code(address)),
    codes: (addresses) => ask((reader) => reader.codes(addresses)),
  };
}

/** An answer; `undefined` when it takes too long. */
function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, WITNESS_MS, undefined);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function noServer(): UnavailableError {
  return new UnavailableError("There is no chain to ask");
}

/** Whether a failure to return a block's slots is a fault. A server that does not have the block yet has no fault. */
function isLasting(error: Error): boolean {
  return !["absent", "rpc"].includes(failureKind(error));
}
