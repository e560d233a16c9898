import type { ChainReader, Slot } from "../../../resolver/chain/chain-reader.ts";
import { mayBeTooMuch, RpcFailure } from "../../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, MapaeError, NetworkMismatchError, UnavailableError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { Backoff, type Pauses } from "../../runtime/backoff.ts";
import { Circuit } from "./circuit.ts";
import { DisagreementError, type Failure, failureKind } from "./failure.ts";

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
   * @returns whether there is another one to ask.
   */
  distrust(error: Error): boolean;
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
  /** Numbers from 0 on, below 1. */
  readonly random: () => number;
  readonly onFailure?: ((failure: Failure) => void) | undefined;
  readonly pauses?: Pauses | undefined;
}

interface Server {
  readonly number: number;
  readonly reader: ChainReader;
  readonly circuit: Circuit;
  verified: boolean;
  probed: boolean;
  /** What it failed with, until it answers. */
  failure: Error | undefined;
}

/**
 * Asks one server as long as it answers, then the others, in order of preference, each once. One that failed is left alone
 * for a while, as long as it says itself (`Retry-After`) or longer after each failure, then probed aside. A better one is gone back to with a question for the newest block only, so that the
 * questions about a block go to one server. When all are left alone, each is asked all the same, the one whose time comes
 * first before the others, unless it said when to ask again: who asks pauses by itself.
 *
 * Whatever is thrown while a server is asked, and is no error of ours, is its fault: `ChainDataError`.
 *
 * A question throws what the server asked last failed with, and `NetworkMismatchError` only when all are of another chain.
 */
export function failover(options: FailoverOptions): FailoverReader {
  const { readers, agreement = 1, now, random, pauses = PAUSES, onFailure } = options;
  const servers = readers.map((reader, number): Server => {
    const circuit = new Circuit(new Backoff(random, pauses), now);
    return { number, reader, circuit, verified: false, probed: false, failure: undefined };
  });
  let current = servers[0];

  const report = ({ number: url }: Server, error: Error, pause: number | undefined) =>
    onFailure?.({ url, kind: failureKind(error), reason: error.message, pause });

  const fail = (server: Server, error: Error) => {
    // Thrown to who asked, and distrusted by it.
    if (server.failure === error) return;
    server.verified = false;
    server.failure = error;
    report(server, error, server.circuit.open(error instanceof RpcFailure ? error.retryAfter : undefined));
  };

  const askOne = async <T>(server: Server, question: (reader: ChainReader) => Promise<T>): Promise<T> => {
    try {
      if (!server.verified) await options.verify(server.reader);
      server.verified = true;
      const answer = await question(server.reader);
      server.failure = undefined;
      return answer;
    } catch (error) {
      throw error instanceof MapaeError ? error : unreadable(error);
    }
  };

  /** The next one to ask: one that answers, else one whose time has come, else, if there was none such, the first to come. */
  const choose = (tried: ReadonlySet<Server>, isAnyReady: boolean): Server | undefined => {
    const rest = servers.filter((server) => !tried.has(server));
    if (current?.circuit.isClosed && !tried.has(current)) return current;
    const ready = rest.find(({ circuit }) => circuit.isClosed) ?? rest.find(({ circuit }) => circuit.wait <= 0);
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
  const ask = async <T>(question: (reader: ChainReader) => Promise<T>, divisible = false): Promise<T> => {
    const tried = new Set<Server>();
    let last: Error = servers.find(({ failure }) => failure !== undefined)?.failure ?? noServer();
    const isAnyReady = servers.some(({ circuit }) => circuit.wait <= 0);
    for (let server = choose(tried, isAnyReady); server; server = choose(tried, isAnyReady)) {
      tried.add(server);
      current = server;
      try {
        const answer = await askOne(server, question);
        server.circuit.close();
        return answer;
      } catch (error) {
        if (!isFailure(error)) throw error;
        if (divisible && server.verified && mayBeTooMuch(error)) {
          report(server, error, undefined);
          throw error;
        }
        fail(server, error);
        last = error;
      }
    }
    throw verdict(last);
  };

  /** What a server shows that is asked beside another one; `undefined` when it does not say so soon. */
  const testify = async (server: Server, slots: readonly Slot[], block: Hash): Promise<Hash[] | undefined> => {
    server.probed = true;
    try {
      const values = await askOne(server, (reader) => reader.storage(slots, block));
      server.circuit.close();
      return values;
    } catch (error) {
      if (!isFailure(error)) throw error;
      // What it does not have yet it will have.
      if (!["absent", "rpc"].includes(failureKind(error))) fail(server, error);
      return undefined;
    } finally {
      server.probed = false;
    }
  };

  /** Not waited for: a server that gives no answer takes its time. */
  const probe = async (server: Server) => {
    server.probed = true;
    try {
      await askOne(server, (reader) => reader.header("latest"));
      server.circuit.close();
    } catch (error) {
      if (!isFailure(error)) throw error;
      fail(server, error);
    } finally {
      server.probed = false;
    }
  };

  const goBack = () => {
    if (!current?.circuit.isClosed) return;
    for (const server of servers) {
      if (server === current) return;
      if (server.circuit.isClosed) {
        current = server;
        return;
      }
      if (server.circuit.wait <= 0 && !server.probed) void probe(server);
    }
  };

  return {
    async verify() {
      const server = current;
      if (server === undefined) return;
      server.verified = false;
      try {
        await askOne(server, async () => undefined);
      } catch (error) {
        if (!isFailure(error)) throw error;
        fail(server, error);
        throw verdict(error);
      }
    },
    trust: () => current?.circuit.forget(),
    distrust(error) {
      if (current) fail(current, error);
      return servers.some(({ circuit }) => circuit.isClosed);
    },
    async isConfirmed({ slots, block, values }) {
      const free = servers.filter((one) => one !== current && one.circuit.wait <= 0 && !one.probed);
      const others = free.slice(0, agreement - 1);
      const answers = others.map(async (server) => {
        const theirs = await soon(testify(server, slots, block));
        const isSame = theirs?.every((value, at) => value === values[at]) ?? true;
        if (!isSame) report(server, new DisagreementError(block), undefined);
        return isSame;
      });
      return (await Promise.all(answers)).every(Boolean);
    },
    chainId: () => ask((reader) => reader.chainId()),
    header(block) {
      if (block === "latest") goBack();
      return ask((reader) => reader.header(block));
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
      goBack();
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

/** An answer broke what read it, before it was a checked value. */
function unreadable(cause: unknown): ChainDataError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : "no reason is known";
  return new ChainDataError(`The chain's server gave an answer that can't be read (${reason})`, { cause });
}

function isFailure(error: unknown): error is Error {
  return error instanceof UnavailableError || error instanceof ChainDataError || error instanceof NetworkMismatchError;
}
