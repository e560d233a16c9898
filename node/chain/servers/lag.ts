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

export interface LagWatchOptions {
  readonly servers: readonly Server[];
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Unix time in seconds. */
  readonly time: () => number;
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
    if (!this.#isOld(current)) this.#behind.delete(current);
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
    const ahead = this.#isOld(server) ? await this.#whoHasMore(server, newest.number + 1) : undefined;
    // The server showed another block meanwhile, or failed.
    if (server.newest !== newest) return;
    if (ahead === undefined) return void this.#behind.delete(server);
    this.#behind.set(server, ahead);
    server.report(new LagError(newest, ahead.number, this.#options.time()));
  }

  /** The preferred one of the other servers that had the next block long enough ago, if these are most of those that answer. */
  async #whoHasMore(server: Server, next: number): Promise<Server | undefined> {
    const others = this.#options.servers.filter(
      (one) => one !== server && one.circuit.wait <= 0 && !one.isAskedAside && !this.lags(one),
    );
    const before = this.#longAgo(server);
    const answers = others.map(async (other) => {
      const header = await other.glance((reader) => reader.header(next));
      if (header === undefined) return [];
      return { other, has: header !== null && header.time < before };
    });
    const said = (await Promise.all(answers)).flat();
    const ahead = said.filter(({ has }) => has);
    return ahead.length > said.length / 2 ? ahead[0]?.other : undefined;
  }

  #isOld(server: Server): boolean {
    return server.newest !== undefined && server.newest.time < this.#longAgo(server);
  }

  /** Unix time in seconds: a server lags when others had its next block before it. */
  #longAgo(server: Server): number {
    return this.#options.time() - (this.#behind.has(server) ? CAUGHT_UP_WITHIN : LAGS_AFTER);
  }
}
