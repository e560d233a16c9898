import type { ChainReader, Header } from "../../../resolver/chain/chain-reader.ts";
import { RpcFailure } from "../../../resolver/chain/rpc/rpc.ts";
import { ChainDataError, MapaeError, UnavailableError } from "../../../resolver/errors.ts";
import { Backoff, type Pauses } from "../../runtime/backoff.ts";
import { Circuit } from "./circuit.ts";
import { type Failure, failureKind, isFailure } from "./failure.ts";

/** A question to a server. */
export type Question<T> = (reader: ChainReader) => Promise<T>;

export interface ServerOptions {
  /** Which of the servers, from 0, in the order of their configuration. */
  readonly number: number;
  readonly reader: ChainReader;
  /** Throws when the reader's chain is another one. */
  readonly verify: (reader: ChainReader) => Promise<void>;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Numbers from 0 on, below 1. */
  readonly random: () => number;
  readonly pauses: Pauses;
  readonly onFailure?: ((failure: Failure) => void) | undefined;
}

/** One of several servers of a chain: asks it, and tracks its failures. */
export class Server {
  readonly circuit: Circuit;
  readonly #options: ServerOptions;
  #isVerified = false;
  #isAskedAside = false;
  #newest: Header | undefined;
  #failure: Error | undefined;
  /** Number of its newest block when the chain had newer ones, until it shows a newer one. */
  #stalledAt: number | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.circuit = new Circuit(new Backoff(options.random, options.pauses), options.now);
  }

  /** Which of the servers, from 0, in the order of their configuration. */
  get number(): number {
    return this.#options.number;
  }

  /** Its newest block when last asked, unless it failed since. */
  get newest(): Header | undefined {
    return this.#newest;
  }

  /** Whether its chain was verified, and it did not fail since. */
  get isVerified(): boolean {
    return this.#isVerified;
  }

  /** Whether {@link askAside} waits for an answer. */
  get isAskedAside(): boolean {
    return this.#isAskedAside;
  }

  /** Its last failure, until it answers. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /**
   * Asks it, after verifying its chain if needed.
   * @throws MapaeError; any other error counts as the server's fault: `ChainDataError`.
   */
  async ask<T>(question: Question<T>): Promise<T> {
    const { reader, verify } = this.#options;
    try {
      if (!this.#isVerified) await verify(reader);
      this.#isVerified = true;
      const answer = await question(reader);
      this.#failure = undefined;
      return answer;
    } catch (error) {
      throw error instanceof MapaeError ? error : unreadable(error);
    }
  }

  /** Asks it for its newest block. */
  newestBlock(): Promise<Header | null> {
    return this.ask(async (reader) => {
      const header = await reader.header("latest");
      this.#newest = header ?? undefined;
      return header;
    });
  }

  /**
   * Asks it in parallel to the current server, one question at a time.
   * @param isFault whether a failure opens its circuit.
   * @returns the answer; `undefined` when it failed.
   */
  async askAside<T>(question: Question<T>, isFault: (error: Error) => boolean = () => true): Promise<T | undefined> {
    this.#isAskedAside = true;
    try {
      return await this.glance(question, isFault);
    } finally {
      this.#isAskedAside = false;
    }
  }

  /** Like {@link askAside}, but meanwhile the server can still be asked to confirm roots. */
  async glance<T>(question: Question<T>, isFault: (error: Error) => boolean = () => true): Promise<T | undefined> {
    try {
      const answer = await this.ask(question);
      // A server that stood still also answers about old blocks, so this does not close its circuit.
      if (this.#stalledAt === undefined) this.circuit.close();
      return answer;
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (isFault(error)) this.fail(error);
      return undefined;
    }
  }

  /** Asks it for its newest block, to find out whether it can be used again. */
  async probe(): Promise<void> {
    await this.askAside(async () => {
      const header = await this.newestBlock();
      if (this.#stalledAt !== undefined && (header === null || header.number <= this.#stalledAt))
        throw new UnavailableError(`The chain's server still stands at block ${this.#stalledAt}`);
      this.#stalledAt = undefined;
    });
  }

  /** Verifies its chain again. */
  verify(): Promise<void> {
    this.#isVerified = false;
    return this.ask(async () => undefined);
  }

  /**
   * To be called when it failed, or when its answer is wrong: its circuit opens.
   * @param stalledAt number of its newest block, if the chain has newer ones: its circuit stays open until it shows a newer
   * one. A server that is cut off from the others still answers, and its own branch would be followed repeatedly.
   */
  fail(error: Error, stalledAt?: number): void {
    this.#stalledAt = stalledAt ?? this.#stalledAt;
    // The same error can come twice: from the question, and from the caller that distrusts the answer.
    if (this.#failure === error) return;
    this.#isVerified = false;
    this.#newest = undefined;
    this.#failure = error;
    this.report(error, this.circuit.open(error instanceof RpcFailure ? error.retryAfter : undefined));
  }

  /** @param pause milliseconds for which it is not asked because of this. */
  report(error: Error, pause?: number): void {
    const { number: url, onFailure } = this.#options;
    onFailure?.({ url, kind: failureKind(error), reason: error.message, pause });
  }
}

/** The error for an answer that made its parser throw. */
function unreadable(cause: unknown): ChainDataError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : "no reason is known";
  return new ChainDataError(`The chain's server gave an answer that can't be read (${reason})`, { cause });
}
