import type { Client } from "./clients.ts";
import { Link, LinkedQueue } from "./linked-queue.ts";

/** What one client holds of a listener. */
export interface Holding<Connection> {
  connections: number;
  requests: number;
  /** Its connections without a request under way; the one that is idle for longest is the first. */
  readonly idle: LinkedQueue<Connection>;
}

/** A connection's places among those that are idle: all, and its client's. */
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

/** What each client holds, and all together that are idle. A client that can't be told apart, `undefined`, has no share of its own. */
export class Holdings<Connection extends Holder<Connection>> {
  readonly #byClient = new Map<Client, Holding<Connection>>();
  /** Of all clients; the one that is idle for longest is the first. */
  readonly idle = new LinkedQueue<Connection>();

  /** `undefined` of one that holds nothing. */
  of(client: Client | undefined): Readonly<Holding<Connection>> | undefined {
    return client === undefined ? undefined : this.#byClient.get(client);
  }

  /** Counts one more or one less. A client that holds nothing is forgotten. */
  change(client: Client | undefined, what: "connections" | "requests", by: 1 | -1): void {
    if (client === undefined) return;
    const holding = this.#byClient.get(client) ?? { connections: 0, requests: 0, idle: new LinkedQueue() };
    this.#byClient.set(client, holding);
    holding[what] += by;
    if (holding.connections === 0 && holding.requests === 0) this.#byClient.delete(client);
  }

  /** No request of a connection is under way from now on. */
  rest({ client, idle }: Connection): void {
    this.idle.add(idle.ofAll);
    this.of(client)?.idle.add(idle.ofClient);
  }

  /** A request of it is, or it is closed. */
  wake({ client, idle }: Connection): void {
    this.idle.delete(idle.ofAll);
    this.of(client)?.idle.delete(idle.ofClient);
  }
}
