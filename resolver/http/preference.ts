import { UnavailableError } from "../errors.ts";

/** Seconds for which a server that failed is asked after the others. */
export const DEMOTION_SECONDS = 30;

/**
 * Servers in order of preference, each of which can answer every question: the one failover policy for single requests. A
 * server that failed is asked after the others for {@link DEMOTION_SECONDS}, or until it has answered.
 */
export class Preference<T> {
  readonly #servers: readonly T[];
  readonly #now: () => number;
  readonly #failedAt = new Map<T, number>();

  /** @param now the clock, in Unix seconds. */
  constructor(servers: readonly T[], now: () => number) {
    this.#servers = servers;
    this.#now = now;
  }

  /** All servers, in the order in which to ask them now. */
  inOrder(): T[] {
    return this.#servers.toSorted((a, b) => Number(this.#isDemoted(a)) - Number(this.#isDemoted(b)));
  }

  /** Asks one server, and remembers whether it failed. */
  async ask<A>(server: T, question: (server: T) => Promise<A>): Promise<A> {
    try {
      const answer = await question(server);
      this.#failedAt.delete(server);
      return answer;
    } catch (error) {
      this.#failedAt.set(server, this.#now());
      throw error;
    }
  }

  /**
   * Asks one server after the other, until one answers.
   *
   * @param mayTryNext whether another server may succeed after this error; otherwise it is thrown without asking others.
   * @throws the error of the server that was asked first, when all failed; UnavailableError when there is no server.
   */
  async first<A>(question: (server: T) => Promise<A>, mayTryNext: (error: unknown) => boolean): Promise<A> {
    const failures: unknown[] = [];
    for (const server of this.inOrder()) {
      try {
        return await this.ask(server, question);
      } catch (error) {
        if (!mayTryNext(error)) throw error;
        failures.push(error);
      }
    }
    throw failures[0] ?? new UnavailableError("There is no server to ask");
  }

  #isDemoted(server: T): boolean {
    return this.#now() - (this.#failedAt.get(server) ?? Number.NEGATIVE_INFINITY) < DEMOTION_SECONDS;
  }
}
