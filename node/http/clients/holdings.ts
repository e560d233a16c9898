import type { Client } from "./clients.ts";
import { Link, LinkedQueue } from "./linked-queue.ts";

/** Connections and requests of one client of a listener. */
export interface Holding<Connection> {
  connections: number;
  requests: number;
  /** Its connections without a request under way; the longest idle one is first. */
  readonly idle: LinkedQueue<Connection>;
}

/** A connection's links in the queues of idle connections: that of all, and that of its client. */
export class IdleLinks<Connection> {
  readonly ofAll: Link<Connection>;
  readonly ofClient: Link<Connection>;

  constructor(connection: Connection) {
    this.ofAll = new Link(connection);
    this.ofClient = new Link(connection);
  }
}

interface Holder<Connection> {
  readonly client: Client | undefined;
  readonly idle: IdleLinks<Connection>;
}

/**
 * Counts connections and requests per client, and tracks idle connections. A client that can't be identified, `undefined`,
 * has no share of its own.
 */
export class Holdings<Connection extends Holder<Connection>> {
  readonly #byClient = new Map<Client, Holding<Connection>>();
  /** Idle connections of all clients; the longest idle one is first. */
  readonly idle = new LinkedQueue<Connection>();

  /** `undefined` for a client without connections and requests. */
  of(client: Client | undefined): Readonly<Holding<Connection>> | undefined {
    return client === undefined ? undefined : this.#byClient.get(client);
  }

  /** Counts one more or one less. A client without connections and requests is removed. */
  change(client: Client | undefined, what: "connections" | "requests", by: 1 | -1): void {
    if (client === undefined) return;
    const holding = this.#byClient.get(client) ?? { connections: 0, requests: 0, idle: new LinkedQueue() };
    this.#byClient.set(client, holding);
    holding[what] += by;
    if (holding.connections === 0 && holding.requests === 0) this.#byClient.delete(client);
  }

  /** To be called when no request of a connection is under way any more. */
  setIdle({ client, idle }: Connection): void {
    this.idle.add(idle.ofAll);
    this.of(client)?.idle.add(idle.ofClient);
  }

  /** To be called when a request of a connection begins, or the connection is closed. */
  setBusy({ client, idle }: Connection): void {
    this.idle.delete(idle.ofAll);
    this.of(client)?.idle.delete(idle.ofClient);
  }
}
