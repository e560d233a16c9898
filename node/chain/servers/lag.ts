import { LagError } from "./failure.ts";
import type { Server } from "./server.ts";

/**
 * Seconds for which other servers must have had the next block before a server counts as lagging. While a server's newest
 * block is younger than that, no other server is asked. It is shorter than the default of `MAPAE_STALE_AFTER`.
 */
export const LAGS_AFTER = 30;

/** A lagging server has caught up once it has every block that the others had this many seconds ago. */
export const CAUGHT_UP_WITHIN = 5;

/** Milliseconds between two comparisons of a server. */
export const LOOK_EVERY_MS = 5_000;

/** A server that lagged has caught up: it is asked again in its order of preference. */
export interface CaughtUp {
  /** Number of the server, from 0, in the order of the configuration. */
  readonly url: number;
  /** Number of its newest block. */
  readonly block: number;
}

export interface LagWatchOptions {
  readonly servers: readonly Server[];
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Unix time in seconds. */
  readonly time: () => number;
  readonly onCaughtUp?: ((server: CaughtUp) => void) | undefined;
}

/**
 * Finds servers that answer, but whose newest block is old. A high block number of another server is not enough: most of the
 * other servers that answer have to show the next block, with a time that is long past. The result holds until the server
 * that is ahead fails, or a check of its answers does. A server with a young newest block never lags.
 */
export class LagWatch {
  readonly #options: LagWatchOptions;
  /** For each lagging server, one that has the next block. */
  readonly #behind = new Map<Server, Server>();
  /** The next time at which each server is compared with the others; infinite while a comparison is under way. */
  readonly #nextLook = new Map<Server, number>();

  constructor(options: LagWatchOptions) {
    this.#options = options;
  }

  lags(server: Server): boolean {
    return this.#behind.get(server)?.circuit.isClosed ?? false;
  }

  /** Compares the current server, and those that lag, with the others when it is time. Does not wait for the answers. */
  look(current: Server): void {
    const { now } = this.#options;
    if (!this.#isOld(current)) this.#caughtUp(current);
    for (const server of new Set([...(this.#isOld(current) ? [current] : []), ...this.#behind.keys()])) {
      const isLeftAlone = server.circuit.wait > 0 || server.isAskedAside;
      if (isLeftAlone || now() < (this.#nextLook.get(server) ?? 0)) continue;
      this.#nextLook.set(server, Number.POSITIVE_INFINITY);
      const look = server === current ? this.#compare(server) : server.probe().then(() => this.#compare(server));
      void look.finally(() => this.#nextLook.set(server, now() + LOOK_EVERY_MS));
    }
  }

  /** Compares a server's newest block with those of the others. */
  async #compare(server: Server): Promise<void> {
    const { newest } = server;
    if (newest === undefined) return;
    if (!this.#isOld(server)) return this.#caughtUp(server);
    const others = await this.#askOthers(server, newest.number + 1);
    // The server showed another block meanwhile, or failed.
    if (server.newest !== newest) return;
    const ahead = others.filter(({ has }) => has);
    const [first] = ahead.length > others.length / 2 ? ahead : [];
    if (first !== undefined) {
      this.#behind.set(server, first.other);
      server.report(new LagError(newest, first.other.number, this.#options.time()));
    } else if (others.length > 0 && ahead.length === 0) this.#caughtUp(server);
    // Too few others answer to tell whether it still lags.
    else this.#behind.delete(server);
  }

  #caughtUp(server: Server): void {
    const { number: url, newest } = server;
    if (this.#behind.delete(server) && newest !== undefined) this.#options.onCaughtUp?.({ url, block: newest.number });
  }

  /** The other servers that answer, in order of preference, and whether each had the next block long enough ago. */
  async #askOthers(server: Server, next: number) {
    const others = this.#options.servers.filter(
      (one) => one !== server && one.circuit.wait <= 0 && !one.isAskedAside && !this.lags(one),
    );
    const before = this.#longAgo(server);
    const answers = others.map(async (other) => {
      const header = await other.glance((reader) => reader.header(next));
      if (header === undefined) return [];
      return { other, has: header !== null && header.time < before };
    });
    return (await Promise.all(answers)).flat();
  }

  #isOld(server: Server): boolean {
    return server.newest !== undefined && server.newest.time < this.#longAgo(server);
  }

  /** Unix time in seconds: a server lags when others had its next block before it. */
  #longAgo(server: Server): number {
    return this.#options.time() - (this.#behind.has(server) ? CAUGHT_UP_WITHIN : LAGS_AFTER);
  }
}
