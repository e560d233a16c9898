import type { Client } from "./clients.ts";

/**
 * Shares each turn of the event loop out among clients: of one client few answers are begun in a turn, the others wait for the
 * next ones, in order. Whoever asks once meanwhile is read and answered between two turns.
 */
export class LoopShares {
  readonly #limit: number;
  /** What each client began in this turn. */
  #begun = new Map<Client, number>();
  readonly #waiting = new Map<Client, (() => void)[]>();
  #isScheduled = false;

  /** @param limit how many answers of one client are begun in a turn. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Begins an answer, now or in a later turn. */
  begin(client: Client, answer: () => void): void {
    const queue = this.#waiting.get(client);
    if (queue !== undefined) {
      queue.push(answer);
      return;
    }
    const begun = this.#begun.get(client) ?? 0;
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(this.#turn);
    }
    if (begun >= this.#limit) {
      this.#waiting.set(client, [answer]);
      return;
    }
    this.#begun.set(client, begun + 1);
    answer();
  }

  readonly #turn = () => {
    this.#isScheduled = false;
    // Not cleared: a map that is keeps its garbage alive, as `LinkedQueue` says of a set.
    this.#begun = new Map();
    const waiting = [...this.#waiting];
    if (waiting.length > 0) {
      this.#isScheduled = true;
      setImmediate(this.#turn);
    }
    for (const [client, queue] of waiting) {
      const now = queue.splice(0, this.#limit);
      this.#begun.set(client, now.length);
      for (const answer of now) answer();
      if (queue.length === 0) this.#waiting.delete(client);
    }
  };
}
