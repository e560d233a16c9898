import { Agent, type ClientRequest, get } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { formatDid } from "../../resolver/index.ts";
import { Random } from "../helpers/random.ts";
import type { SoakChain } from "./chain.ts";

/** Number of concurrent clients. */
const CLIENTS = 8;
/** Maximum milliseconds between two requests of a client. */
const PAUSE_MS = 20;
/** Maximum milliseconds after which a client aborts a request that it aborts. */
const ABORT_MS = 3;
/**
 * Status of an answer that is always correct while the chain's server has a fault: the node can't ask it, or lacks the block.
 */
const UNAVAILABLE = 503;

export interface LoadOptions {
  /** URL of the node's public listener. */
  readonly url: string;
  readonly chain: Pick<SoakChain, "accounts" | "firstVersion" | "settled">;
  readonly seed: number;
}

interface Question {
  readonly path: string;
  /** The expected status, besides 503. */
  readonly status: number;
}

/**
 * Clients that resolve existing, unknown and past documents of a node, on kept and new connections. Some requests are aborted.
 */
export class Load {
  /** Number of answers by status. */
  readonly answers = new Map<number, number>();
  /** Number of aborted requests. */
  aborted = 0;
  /** Number of wrong answers and failed requests. */
  wrong = 0;
  readonly examples: string[] = [];
  readonly #url: string;
  readonly #chain: LoadOptions["chain"];
  readonly #kept = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  readonly #fresh = new Agent({ keepAlive: false });
  readonly #seed: number;
  #ends = new AbortController();
  #clients: Promise<void>[] = [];
  #runs = 0;

  constructor({ url, chain, seed }: LoadOptions) {
    this.#url = url;
    this.#chain = chain;
    this.#seed = seed;
  }

  start(): void {
    this.#ends = new AbortController();
    const { signal } = this.#ends;
    const seed = this.#seed + CLIENTS * this.#runs++;
    this.#clients = Array.from({ length: CLIENTS }, (_, at) => this.#client(new Random(seed + at), signal));
  }

  /** Waits until no request is in progress, and closes all connections. */
  async stop(): Promise<void> {
    this.#ends.abort();
    await Promise.all(this.#clients);
    this.#kept.destroy();
  }

  async #client(random: Random, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#ask(this.#question(random), random);
      await delay(random.whole(0, PAUSE_MS));
    }
  }

  #question(random: Random): Question {
    const kind = random.next();
    if (kind < 0.05) return { path: "/status", status: 200 };
    if (kind < 0.25) {
      const address = Array.from({ length: 5 }, () => random.whole(0, 0xffffffff).toString(16).padStart(8, "0")).join(
        "",
      );
      return { path: identifier(`0x${address}`), status: 404 };
    }
    const known = identifier(developmentAccount(random.pick(this.#chain.accounts)).address);
    if (kind < 0.75) return { path: known, status: 200 };
    const version = random.whole(this.#chain.firstVersion, this.#chain.settled);
    return { path: `${known}?versionId=${version}`, status: 200 };
  }

  #ask({ path, status }: Question, random: Random): Promise<void> {
    const agent = random.next() < 0.8 ? this.#kept : this.#fresh;
    const isAborted = random.next() < 0.1;
    const onFailure = (what: string) => {
      if (!isAborted) this.#note(`${path}: ${what}`);
    };
    const request: ClientRequest = get(`${this.#url}${path}`, { agent }, (response) => {
      const got = response.statusCode ?? 0;
      this.answers.set(got, (this.answers.get(got) ?? 0) + 1);
      if (got !== status && got !== UNAVAILABLE) this.#note(`${path}: got ${got}, expected ${status}`);
      response.once("error", (error) => onFailure(error.message));
      response.resume();
    });
    request.once("error", (error) => onFailure(error.message));
    if (isAborted) {
      this.aborted++;
      setTimeout(() => request.destroy(), random.whole(0, ABORT_MS));
    }
    return new Promise((resolve) => request.once("close", resolve));
  }

  #note(what: string): void {
    this.wrong++;
    if (this.examples.length < 10) this.examples.push(what);
  }
}

function identifier(address: string): string {
  return `/1.0/identifiers/${formatDid("local", address as `0x${string}`)}`;
}
