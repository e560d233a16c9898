import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MapaeError } from "../../../resolver/errors.ts";
import { CLIENT_LIMITS, type ClientLimits, MAX_HEADER_BYTES } from "./bounds.ts";
import { refuseUnreadable } from "./unreadable.ts";

/** A listener could not be opened. */
export class PortInUseError extends MapaeError {
  readonly code = "PORT_IN_USE";
}

export interface ListenerOptions {
  readonly handle: RequestListener;
  /** Told of faults of the listener itself, such as having no file descriptor left for a connection. */
  readonly onFault: (error: unknown) => void;
  /** Told the status of each answer that was sent. */
  readonly onAnswer?: (status: number) => void;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The variables that set host and port, for who has to change them. */
  readonly variables: string;
  /** In place of those of `CLIENT_LIMITS`. */
  readonly limits?: Partial<ClientLimits> | undefined;
}

export interface Listener {
  readonly url: string;
  /** Takes no new connections, lets requests under way finish for a while, then closes. */
  close(): Promise<void>;
}

/**
 * A node:http server that listens, within the bounds of `bounds.ts`.
 * @throws PortInUseError when host and port are taken or not of this machine.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { handle, onFault, onAnswer = () => {}, host, port, variables, limits } = options;
  const { connections, headersTimeout, requestTimeout, checkInterval, idleTimeout, drainTimeout } = {
    ...CLIENT_LIMITS,
    ...limits,
  };
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: checkInterval,
  });
  server.maxConnections = connections;
  server.timeout = idleTimeout;
  server.on("clientError", (error, socket) => {
    const status = refuseUnreadable(error, socket);
    if (status !== undefined) onAnswer(status);
  });
  function sent(this: ServerResponse) {
    onAnswer(this.statusCode);
  }
  const answer: RequestListener = (request, response) => {
    // While the server closes, an answer is the last one on its connection.
    if (!server.listening) response.shouldKeepAlive = false;
    response.on("finish", sent);
    handle(request, response);
  };
  // An expectation that nobody knows changes no answer (RFC 9110, section 10.1.1).
  server.on("request", answer).on("checkExpectation", answer);
  await listen(server, { host, port, variables });
  server.on("error", onFault);

  const { address, family, port: bound } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
  return { url, close: () => close(server, drainTimeout) };
}

function listen(server: Server, at: Pick<ListenerOptions, "host" | "port" | "variables">): Promise<void> {
  const { host, port, variables } = at;
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === "EADDRINUSE";
      const what = taken ? "is taken by another program: stop that, or" : `can't be opened (${cause.code}):`;
      reject(new PortInUseError(`${host}:${port} ${what} set ${variables} to another`, { cause }));
    };
    server.once("error", fail);
    server.listen({ host, port }, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

/** Milliseconds between looks for connections whose last answer is out. */
const SWEEP = 20;

function close(server: Server, drainTimeout: number): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP);
    const force = setTimeout(() => server.closeAllConnections(), drainTimeout);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(force);
      resolve();
    });
  });
}
