import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Problem } from "../problem.ts";
import type { Client } from "./clients.ts";
import { IdleLinks } from "./holdings.ts";

/** A request, from when it was read until its answer is with the operating system. */
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
  /** The first is being answered, the others wait for it. */
  readonly exchanges: Exchange[] = [];
  /** Bytes of the answer that its reader has not taken yet; 0 until the answer is whole. */
  unsent = 0;
  /** Bytes that the reader took so far, and since when it is no more; in milliseconds. */
  taken = 0;
  since = performance.now();

  constructor(socket: Socket, client: Client | undefined) {
    this.socket = socket;
    this.client = client;
  }
}
