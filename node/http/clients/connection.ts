import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Problem } from "../problem.ts";
import type { Client } from "./clients.ts";
import { IdleLinks } from "./holdings.ts";

/** A request from parsing until its whole answer was passed to the operating system. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly client: Client | undefined;
  readonly refusal: Problem | undefined;
}

/** A connection of a listener. */
export class Connection {
  readonly socket: Socket;
  readonly client: Client | undefined;
  readonly idle = new IdleLinks<Connection>(this);
  /** The first is being answered; the others wait for it. */
  readonly exchanges: Exchange[] = [];
  /** Bytes of the answer that the client has not read yet; 0 until the answer is complete. */
  unsent = 0;
  /** Bytes that the client has read, and since when this number is unchanged, in milliseconds. */
  taken = 0;
  since = performance.now();

  constructor(socket: Socket, client: Client | undefined) {
    this.socket = socket;
    this.client = client;
  }
}
