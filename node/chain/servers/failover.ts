import type { ChainReader, Slot } from "../../../resolver/chain/chain-reader.ts";
import { mayBeTooMuch } from "../../../resolver/chain/rpc/rpc.ts";
import { NetworkMismatchError, UnavailableError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import type { Pauses } from "../../runtime/backoff.ts";
import { DisagreementError, type Failure, failureKind, isFailure } from "./failure.ts";
import { LagWatch } from "./lag.ts";
import { type Question, Server } from "./server.ts";

/** For how long a server that failed is left alone. */
const PAUSES: Pauses = { first: 500, longest: 30_000 };

/** Milliseconds for which a second server's answer is waited for. */
const WITNESS_MS = 1_000;

/** One chain behind several servers. */
export interface FailoverReader extends ChainReader {
  /**
   * Compares chain, genesis and code of the server asked last once more.
   * @throws UnavailableError when it is out for now, and another one is asked next; NetworkMismatchError when all are of
   * another chain.
   */
  verify(): Promise<void>;
  /** What the server asked last said held: its failures are forgotten. */
  trust(): void;
  /**
   * What the server asked last said can't be true, or lags: it is left alone for a while.
   * @param stoodAt number of its newest block, if the chain goes on without it: see `Server.fail`.
   * @returns whether there is another one to ask.
   */
  distrust(error: Error, stoodAt?: number): boolean;
  /**
   * Whether other servers show the same values of slots at a block as the one asked last did. One that does not have the
   * block yet, or does not answer soon, says nothing.
   */
  isConfirmed(reported: { slots: readonly Slot[]; block: Hash; values: readonly Hash[] }): Promise<boolean>;
}

export interface FailoverOptions {
  /** In order of preference; at least one. */
  readonly readers: readonly ChainReader[];
  /** How many servers are asked for what has to be confirmed, the one that reported it included; 1 unless given. */
  readonly agreement?: number | undefined;
  /** Throws when a reader's chain is another one. Called before a reader is asked first, and again after it failed. */
  readonly verify: (reader: ChainReader) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Unix time in seconds. */
  readonly time: () => number;
  /** Numbers from 0 on, below 1. */
  readonly random: () => number;
  readonly onFailure?: ((failure: Failure) => void) | undefined;
  readonly pauses?: Pauses | undefined;
}

/**
 * Asks one server as long as it answers, then the others, in order of preference, each once. One that failed is left alone
 * for a while, as long as it says itself (`Retry-After`) or longer after each failure, then asked aside. A better one is
 * gone back to with a question for the newest block only, so that the questions about a block go to one server. With that
 * question, too, a server that lags (`LagWatch`) is left for one that does not lag, if there is one. When all
 * are left alone, each is asked all the same, the one whose time comes first before the others, unless it said when to ask
 * again: the caller pauses by itself.
 *
 * Whatever is thrown while a server is asked, and is no error of ours, is its fault: `ChainDataError`.
 *
 * A question throws what the server asked last failed with, and `NetworkMismatchError` only when all are of another chain.
 */
export function failover(options: FailoverOptions): FailoverReader {
  const { readers, agreement = 1, verify, now, time, random, pauses = PAUSES, onFailure } = options;
  const servers = readers.map(
    (reader, number) => new Server({ number, reader, verify, now, random, pauses, onFailure }),
  );
  const lagging = new LagWatch({ servers, now, time });
  let current = servers[0];

  /** The first one that answers and does not lag; if there is none, the first one that answers. */
  const best = (among: readonly Server[]): Server | undefined => {
    const closed = among.filter(({ circuit }) => circuit.isClosed);
    return closed.find((server) => !lagging.lags(server)) ?? closed[0];
  };

  /** The next one to ask: one that answers, else one whose time has come, else, if there was none such, the first to come. */
  const choose = (tried: ReadonlySet<Server>, isAnyReady: boolean): Server | undefined => {
    const rest = servers.filter((server) => !tried.has(server));
    if (current?.circuit.isClosed && !tried.has(current)) return current;
    const ready = best(rest) ?? rest.find(({ circuit }) => circuit.wait <= 0);
    if (isAnyReady) return ready;
    const free = rest.filter(({ circuit }) => !circuit.isHeld);
    return free.toSorted((a, b) => a.circuit.wait - b.circuit.wait)[0];
  };

  /** What to throw when no server answered; `last` is what the one asked last failed with. */
  const verdict = (last: Error): Error => {
    if (!(last instanceof NetworkMismatchError)) return last;
    const other = servers.find(({ failure }) => !(failure instanceof NetworkMismatchError));
    return other ? new UnavailableError(other.failure?.message ?? last.message, { cause: last }) : last;
  };

  /** @param divisible whether less can be asked, should this be too much. */
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
   * Chooses the server to ask. Preferred ones that failed are asked aside, without waiting for them: one that gives no answer
   * takes its time.
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
    distrust(error, stoodAt) {
      current?.fail(error, stoodAt);
      return servers.some(({ circuit }) => circuit.isClosed);
    },
    async isConfirmed({ slots, block, values }) {
      const free = servers.filter((one) => one !== current && one.circuit.wait <= 0 && !one.isAskedAside);
      const [fit, behind] = [free.filter((one) => !lagging.lags(one)), free.filter((one) => lagging.lags(one))];
      const others = [...fit, ...behind].slice(0, agreement - 1);
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
    // The logs may be too many: they can be had in another way.
    logsAndStorage: (addresses, slots, blockHash) =>
      ask((reader) => reader.logsAndStorage(addresses, slots, blockHash), true),
    history(query) {
      turn();
      // What is too much of one subject is no fault of the server.
      return ask((reader) => reader.history(query), true);
    },
    code: (address) => ask((reader) => reader.code(address)),
  };
}

/** An answer, unless it takes too long. */
function soon<T>(answer: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, WITNESS_MS, undefined);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function noServer(): UnavailableError {
  return new UnavailableError("There is no chain to ask");
}

/** Whether a failure to show a block's slots is a fault: what a server does not have yet it will have. */
function isLasting(error: Error): boolean {
  return !["absent", "rpc"].includes(failureKind(error));
}
