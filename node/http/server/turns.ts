import { MapaeError, UnavailableError } from "../../../resolver/errors.ts";
import type { Client } from "../clients/clients.ts";
import { COSTLY_LIMITS } from "./bounds.ts";

/** A client has more requests at the same time than its share. */
export class TooManyRequestsError extends MapaeError {
  readonly code = "TOO_MANY_REQUESTS";
}

export interface TurnsOptions {
  /** Name of the questions in messages; by default `questions about the past`. */
  readonly what?: string | undefined;
  /** Limits that replace those of `COSTLY_LIMITS`. */
  readonly limits?: Partial<typeof COSTLY_LIMITS> | undefined;
  /** Called for each refused question. */
  readonly onRefused?: (() => void) | undefined;
}

/**
 * Limits how many costly questions are answered at the same time. Others wait in a bounded queue, from which clients are
 * served in turn.
 */
export class Turns {
  readonly #limits: typeof COSTLY_LIMITS;
  readonly #what: string;
  readonly #onRefused: () => void;
  /** Functions that start the waiting questions, by client, in the order of their turns. */
  readonly #queues = new Map<Client | undefined, (() => void)[]>();
  #waiting = 0;
  #running = 0;

  constructor({ what = "questions about the past", limits, onRefused = () => {} }: TurnsOptions = {}) {
    this.#what = what;
    this.#limits = { ...COSTLY_LIMITS, ...limits };
    this.#onRefused = onRefused;
  }

  /**
   * Runs `work` when it is the client's turn.
   * @throws UnavailableError when the queue is full; TooManyRequestsError when the client's share of it is full; errors of
   * `work`.
   */
  async take<T>(client: Client | undefined, work: () => Promise<T>): Promise<T> {
    const { atOnce } = this.#limits;
    if (this.#running < atOnce) this.#running += 1;
    else await this.#turn(client);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  async #turn(client: Client | undefined): Promise<void> {
    const { waiting, waitingOfClient } = this.#limits;
    const queue = this.#queues.get(client) ?? [];
    if (client !== undefined && queue.length >= waitingOfClient) {
      this.#onRefused();
      throw new TooManyRequestsError(`${queue.length} ${this.#what} of this client wait already, at most as many may`);
    }
    if (this.#waiting >= waiting) {
      this.#onRefused();
      throw new UnavailableError(`${waiting} ${this.#what} wait already, at most as many may`);
    }
    this.#waiting += 1;
    await new Promise<void>((start) => {
      queue.push(start);
      this.#queues.set(client, queue);
    });
  }

  /** Gives the free place to the next client, which then moves to the end. */
  #next(): void {
    const [first] = this.#queues;
    const start = first?.[1].shift();
    if (first === undefined || start === undefined) {
      this.#running -= 1;
      return;
    }
    const [client, queue] = first;
    this.#queues.delete(client);
    if (queue.length > 0) this.#queues.set(client, queue);
    this.#waiting -= 1;
    start();
  }
}
