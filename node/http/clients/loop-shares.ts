import type { Client } from "./clients.ts";

/**
 * Shares each turn of the event loop among clients: in one turn only few answers of a client are begun, the others wait for
 * later turns, in order. So a single request of another client is answered between two turns.
 */
export class LoopShares {
  readonly #limit: number;
  /** Number of answers that each client began in this turn. */
  #begun = new Map<Client, number>();
  readonly #waiting = new Map<Client, (() => void)[]>();
  #isScheduled = false;

  /** @param limit maximum number of answers of one client per turn. */
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
    // Replaced and not cleared, because a cleared map keeps its old tables alive, like a set: see `LinkedQueue`.
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
