import { LagError } from "./failure.ts";
import type { Server } from "./server.ts";

/**
 * Seconds for which other servers have had the next block before a server counts as one that lags. While a server's newest block
 * is younger than that, no other server is asked. Shorter than the time after which answers are stale (`MAPAE_STALE_AFTER`).
 */
export const LAGS_AFTER = 30;

/** Seconds: a server that lags has caught up once it has every block that the others had so long ago. */
export const CAUGHT_UP_WITHIN = 5;

/** Milliseconds between two looks at a server. */
export const LOOK_EVERY_MS = 5_000;

export interface LagWatchOptions {
  readonly servers: readonly Server[];
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Unix time in seconds. */
  readonly time: () => number;
}

/**
 * Finds the servers that answer well, but show an old block as the newest one. A high block number alone counts for nothing: most
 * of the other servers that answer have to show the block after the newest one, and its time has to be long past. That
 * counts only until one of these fails, or a check of its answers does. A server with a young newest block never lags.
 */
export class LagWatch {
  readonly #options: LagWatchOptions;
  /** For each server that lags, one that has the next block. */
  readonly #behind = new Map<Server, Server>();
  /** When each server is compared with the others next; infinite while a comparison is under way. */
  readonly #nextLook = new Map<Server, number>();

  constructor(options: LagWatchOptions) {
    this.#options = options;
  }

  lags(server: Server): boolean {
    return this.#behind.get(server)?.circuit.isClosed ?? false;
  }

  /** Compares the server that is asked, and those that lag, with the others, if it is time to. Does not wait for the answers. */
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

  /** Compares a server's newest block with what the others have. */
  async #compare(server: Server): Promise<void> {
    const { newest } = server;
    if (newest === undefined) return;
    const ahead = this.#isOld(server) ? await this.#whoHasMore(server, newest.number + 1) : undefined;
    // It showed another block meanwhile, or failed.
    if (server.newest !== newest) return;
    if (ahead === undefined) return void this.#behind.delete(server);
    this.#behind.set(server, ahead);
    server.report(new LagError(newest, ahead.number, this.#options.time()));
  }

  /** The best one of the others, if most of those that answer had the next block long enough ago. */
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

  /** Unix time in seconds: a server that does not have a block of that time lags. */
  #longAgo(server: Server): number {
    return this.#options.time() - (this.#behind.has(server) ? CAUGHT_UP_WITHIN : LAGS_AFTER);
  }
}
