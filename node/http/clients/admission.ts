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
import { stopParsing } from "./parsing.ts";
import { BUSY, faultIn, type Refusal } from "./refusals.ts";

/** Answers a request; `client` is `undefined` when the client can't be identified. */
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
 * Limits the memory that the clients of one listener use, and shares it among them:
 *
 * - one request of a connection is answered at a time, and few may wait: a connection that pipelines more is closed
 *   (`pipeline`);
 * - above the limit of connections, in total or of a client, the longest idle one is closed (`idle`), or the new one when
 *   none is idle (`connections`);
 * - in one turn of the event loop only few requests of a client are begun, so that others are not delayed;
 * - requests above the total limit get 503 (`requests`), above a client's share 429 (`share`);
 * - a client that reads an answer too slowly is disconnected (`reader`), and when all unsent answers together have too many
 *   bytes, the one that has been waiting longest (`unsent`).
 */
export class Admission {
  readonly #limits: ClientLimits;
  readonly #options: AdmissionOptions;
  readonly #connections = new Map<Socket, Connection>();
  readonly #holdings = new Holdings<Connection>();
  readonly #turns: LoopShares;
  /** Connections with a complete but partly unsent answer; the one that has been waiting longest is first. */
  readonly #sending = new Set<Connection>();
  /** Listeners that answers share, so that none is created per answer. */
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
      admission.#finish(this.req.socket, this);
    };
  }

  /** Accepts a new connection, or closes it. */
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
    this.#holdings.setIdle(connection);
    socket.once("close", () => this.#forget(connection));
  }

  /** Answers a request after the earlier ones on its connection. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connections.get(request.socket);
    // The connection was closed before.
    if (connection === undefined) return;
    const { exchanges } = connection;
    if (exchanges.length >= this.#limits.pipelined) {
      this.#cut(connection, "pipeline");
      return;
    }
    const isForwarded = request.headers["x-forwarded-for"] !== undefined;
    const client = isForwarded ? this.#options.clients.ofRequest(request) : connection.client;
    const reason = this.#refusalOf(client);
    // A refusal can't be sent before the answers to earlier requests, so the connection is closed.
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

  /** Whether other requests on the connection wait for the answer to this one. */
  isWaitedFor({ socket }: IncomingMessage): boolean {
    return (this.#connections.get(socket)?.exchanges.length ?? 0) > 1;
  }

  /** Whether something can be sent on a connection now without taking the place of the answer to an earlier request. */
  isInOrder(socket: Socket): boolean {
    const [first, second] = this.#connections.get(socket)?.exchanges ?? [];
    if (first === undefined) return true;
    const { request, response } = first;
    // To a request that is not complete yet, this is the answer.
    return second === undefined && (response.writableEnded || (!request.complete && !response.headersSent));
  }

  /** Disconnects clients that read too slowly; to be called regularly. */
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
      this.#holdings.setIdle(connection);
      return;
    }
    this.#holdings.setBusy(connection);
    const { client } = exchange;
    // A client that can't be identified has no share of its own.
    if (client === undefined) this.#answer(connection, exchange);
    else this.#turns.begin(client, () => this.#answer(connection, exchange));
  }

  #answer({ socket }: Connection, { request, response, client, refusal }: Exchange): void {
    // The connection was closed while the request waited for its turn.
    if (!this.#connections.has(socket)) return;
    if (refusal === undefined) this.#options.handle(request, response, client);
    else send(request, response, problemAnswer(refusal, refusal.status === 400 ? { connection: "close" } : {}));
    // Most answers were passed to the operating system by now, and checking this costs less than a listener.
    if (response.writableEnded && response.writableLength === 0 && socket.writable) {
      this.#finish(socket, response);
      return;
    }
    response.on("finish", this.#onFinish);
    if (response.writableEnded) this.#send(socket);
    else response.on("prefinish", this.#onPrefinish);
  }

  /** To be called when the whole answer was passed to the socket. What the client does not read stays in memory. */
  #send(socket: Socket): void {
    const connection = this.#connections.get(socket);
    const unsent = socket.writableLength;
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

  /** To be called when the whole answer was passed to the operating system. */
  #finish(socket: Socket, { statusCode }: ServerResponse): void {
    this.#options.onAnswer(statusCode);
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

  /** Closes the longest idle connection. */
  #evict({ first: longest }: LinkedQueue<Connection>): boolean {
    if (longest === undefined) return false;
    this.#cut(longest, "idle");
    return true;
  }

  #cut(connection: Connection, reason: Refusal): void {
    this.#options.onRefused(reason);
    this.#forget(connection);
    stopParsing(connection.socket);
    // A reset also frees the megabytes that the operating system buffers for a client that does not read.
    if (reason === "reader" || reason === "unsent") connection.socket.resetAndDestroy();
    else connection.socket.destroy();
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection.socket)) return;
    this.#sent(connection);
    for (const exchange of connection.exchanges.splice(0)) this.#release(exchange);
    this.#holdings.setBusy(connection);
    this.#holdings.change(connection.client, "connections", -1);
  }
}
