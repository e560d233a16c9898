import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { send } from "../answer.ts";
import { problemAnswer } from "../problem.ts";
import type { ClientLimits } from "../server/bounds.ts";
import type { Client, Clients } from "./clients.ts";
import { Connection, type Exchange } from "./connection.ts";
import { Holdings } from "./holdings.ts";
import type { LinkedQueue } from "./linked-queue.ts";
import { LoopShares } from "./loop-shares.ts";
import { parseUntilClosed } from "./parsing.ts";
import { BUSY, faultIn, type Refusal } from "./refusals.ts";

/** Answers a request; `client` is who asks, as far as it can be told apart. */
export type Handle = (request: IncomingMessage, response: ServerResponse, client: Client | undefined) => void;

export interface AdmissionOptions {
  readonly limits: ClientLimits;
  readonly clients: Clients;
  readonly handle: Handle;
  /** Called with the status of each answer that was sent. */
  readonly onAnswer: (status: number) => void;
  readonly onRefused: (reason: Refusal) => void;
}

/**
 * Bounds what the clients of one listener hold in memory, and shares it out among them:
 *
 * - a connection has one request answered at a time, and few that wait: one that pipelines more is closed (`pipeline`);
 * - of the connections above the cap or a client's share the one that is idle for longest is closed (`idle`), or the new one
 *   when none is idle (`connections`);
 * - of a client's requests few are begun in one turn of the event loop, so that others are heard between;
 * - of the requests above the cap one gets 503 (`requests`), above a client's share 429 (`share`);
 * - a reader that takes too long for an answer is closed (`reader`), and when answers wait that have more bytes than may be
 *   unsent in all, the slowest reader (`unsent`).
 */
export class Admission {
  readonly #limits: ClientLimits;
  readonly #options: AdmissionOptions;
  readonly #connections = new Map<Socket, Connection>();
  readonly #holdings = new Holdings<Connection>();
  readonly #turns: LoopShares;
  /** Their answer is whole, and not all of it is sent; the one that waits for longest is the first. */
  readonly #sending = new Set<Connection>();
  /** Listeners of every answer: one function each, and none that is made for one answer. */
  readonly #onPrefinish: (this: ServerResponse) => void;
  readonly #onFinish: (this: ServerResponse) => void;
  #requests = 0;
  #unsent = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#limits = options.limits;
    this.#turns = new LoopShares(options.limits.clientTurn);
    const admission = this;
    this.#onPrefinish = function () {
      admission.#send(this.req.socket);
    };
    this.#onFinish = function () {
      options.onAnswer(this.statusCode);
      admission.#finish(this.req.socket);
    };
  }

  /** Takes a new connection, or closes it. */
  connect(socket: Socket): void {
    const client = this.#options.clients.ofAddress(socket.remoteAddress);
    const { connections: cap, clientConnections } = this.#limits;
    const holding = this.#holdings.of(client);
    const isRoom =
      (holding === undefined || holding.connections < clientConnections || this.#evict(holding.idle)) &&
      (this.#connections.size < cap || this.#evict(this.#holdings.idle));
    if (!isRoom) {
      this.#options.onRefused("connections");
      socket.destroy();
      return;
    }
    const connection = new Connection(socket, client);
    this.#connections.set(socket, connection);
    this.#holdings.change(client, "connections", 1);
    this.#holdings.rest(connection);
    socket.once("close", () => this.#forget(connection));
    parseUntilClosed(socket);
  }

  /** Answers a request when those before it on its connection are answered. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(request.socket);
    // It was closed before.
    if (connection === undefined) return;
    const { exchanges } = connection;
    if (exchanges.length >= this.#limits.pipelined) {
      this.#cut(connection, "pipeline");
      return;
    }
    const isForwarded = request.headers["x-forwarded-for"] !== undefined;
    const client = isForwarded ? this.#options.clients.ofRequest(request) : connection.client;
    const reason = this.#refusalOf(client);
    // Behind another request there is no place for an answer before that one's.
    if (reason !== undefined && exchanges.length > 0) {
      this.#cut(connection, reason);
      return;
    }
    if (reason !== undefined) this.#options.onRefused(reason);
    const refusal = reason === undefined ? faultIn(request) : BUSY[reason];
    exchanges.push({ request, response, client, refusal });
    this.#requests += 1;
    this.#holdings.change(client, "requests", 1);
    if (exchanges.length === 1) this.#start(connection);
  }

  /** Whether other requests wait for the answer to this one. */
  isWaitedFor({ socket }: IncomingMessage): boolean {
    return (this.#connections.get(socket)?.exchanges.length ?? 0) > 1;
  }

  /** Closes readers that take too long; to be called now and then. */
  look(): void {
    const now = performance.now();
    for (const connection of this.#connections.values()) {
      const { socket, exchanges } = connection;
      const taken = socket.bytesWritten - socket.writableLength;
      if (exchanges.length === 0 || socket.writableLength === 0 || taken !== connection.taken) {
        connection.taken = taken;
        connection.since = now;
      } else if (now - connection.since >= this.#limits.sendTimeout) {
        this.#cut(connection, "reader");
      }
    }
  }

  #start(connection: Connection): void {
    const [exchange] = connection.exchanges;
    if (exchange === undefined) {
      this.#holdings.rest(connection);
      return;
    }
    this.#holdings.wake(connection);
    const { client } = exchange;
    // One that can't be told apart has no share of its own, here as everywhere.
    if (client === undefined) this.#answer(connection, exchange);
    else this.#turns.begin(client, () => this.#answer(connection, exchange));
  }

  #answer({ socket }: Connection, { request, response, client, refusal }: Exchange): void {
    // It was closed while it waited for its turn.
    if (!this.#connections.has(socket)) return;
    response.on("finish", this.#onFinish);
    if (refusal === undefined) this.#options.handle(request, response, client);
    else send(request, response, problemAnswer(refusal, refusal.status === 400 ? { connection: "close" } : {}));
    // Most answers are whole by now: a listener costs more than to look.
    if (response.writableEnded) this.#send(socket);
    else response.on("prefinish", this.#onPrefinish);
  }

  /** The whole answer was handed to the socket: what its reader does not take stays in memory. */
  #send(socket: Socket): void {
    const connection = this.#connections.get(socket);
    const unsent = socket.writableLength;
    // Most answers are with the operating system at once.
    if (connection === undefined || unsent === 0) return;
    connection.unsent = unsent;
    this.#unsent += unsent;
    this.#sending.add(connection);
    while (this.#unsent > this.#limits.unsentBytes) {
      const [slowest] = this.#sending;
      if (slowest === undefined) return;
      this.#cut(slowest, "unsent");
    }
  }

  #finish(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    this.#sent(connection);
    const done = connection.exchanges.shift();
    if (done !== undefined) this.#release(done);
    this.#start(connection);
  }

  #sent(connection: Connection): void {
    if (connection.unsent === 0) return;
    this.#sending.delete(connection);
    this.#unsent -= connection.unsent;
    connection.unsent = 0;
  }

  #release({ client }: Exchange): void {
    this.#requests -= 1;
    this.#holdings.change(client, "requests", -1);
  }

  #refusalOf(client: Client | undefined): keyof typeof BUSY | undefined {
    if (this.#requests >= this.#limits.requests) return "requests";
    if (client === undefined) return undefined;
    const held = this.#holdings.of(client)?.requests ?? 0;
    return held >= this.#limits.clientRequests ? "share" : undefined;
  }

  /** Closes the connection that is idle for longest. */
  #evict({ first: longest }: LinkedQueue<Connection>): boolean {
    if (longest === undefined) return false;
    this.#cut(longest, "idle");
    return true;
  }

  #cut(connection: Connection, reason: Refusal): void {
    this.#options.onRefused(reason);
    this.#forget(connection);
    // For a reader that takes nothing, the operating system holds some megabytes more.
    if (reason === "reader" || reason === "unsent") connection.socket.resetAndDestroy();
    else connection.socket.destroy();
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection.socket)) return;
    this.#sent(connection);
    for (const exchange of connection.exchanges.splice(0)) this.#release(exchange);
    this.#holdings.wake(connection);
    this.#holdings.change(connection.client, "connections", -1);
  }
}
