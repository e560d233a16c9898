import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { MapaeError } from "../../../resolver/errors.ts";
import { Admission, type Handle } from "../clients/admission.ts";
import { clientsBehind } from "../clients/clients.ts";
import type { Refusal } from "../clients/refusals.ts";
import { CLIENT_LIMITS, type ClientLimits, MAX_HEADER_BYTES } from "./bounds.ts";
import { listenFault } from "./listen-fault.ts";
import { refuseUnreadable } from "./unreadable.ts";

/** A listener could not be opened. */
export class PortInUseError extends MapaeError {
  readonly code = "PORT_IN_USE";
}

export interface ListenerOptions {
  readonly handle: Handle;
  /** Called with faults of the listener itself, such as having no file descriptor left for a connection. */
  readonly onFault: (error: unknown) => void;
  /** Called with the status of each answer that was sent. */
  readonly onAnswer?: (status: number) => void;
  /** Called for each connection that was closed, and each request that was refused, to protect other clients. */
  readonly onRefused?: ((reason: Refusal) => void) | undefined;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Names of the variables that set host and port, for error messages. */
  readonly variables: string;
  /** Limits that replace those of `CLIENT_LIMITS`. */
  readonly limits?: Partial<ClientLimits> | undefined;
}

export interface Listener {
  readonly url: string;
  /** Accepts no new connections, waits some seconds for requests under way, then closes. */
  close(): Promise<void>;
}

/**
 * Opens a node:http server with the limits of `bounds.ts`.
 * @throws PortInUseError when the port is in use, or the address is not of this machine.
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { onFault, onAnswer = () => {}, onRefused = () => {}, host, port, variables } = options;
  const limits = { ...CLIENT_LIMITS, ...options.limits };
  const { headersTimeout, requestTimeout, checkInterval, idleTimeout, keepAliveTimeout, drainTimeout } = limits;
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: checkInterval,
    keepAliveTimeout,
  });
  // A client that half-closes its connection may still wait for its answers (RFC 9112, section 9.6).
  Object.assign(server, { httpAllowHalfOpen: true });
  server.timeout = idleTimeout;
  server.on("clientError", (error, socket) => {
    if (!admission.isInOrder(socket as Socket)) return void socket.destroy();
    const status = refuseUnreadable(error, socket);
    if (status !== undefined) onAnswer(status);
  });
  const handle: Handle = (request, response, client) => {
    // While the server closes, a connection is closed after its last answer.
    if (!server.listening && !admission.isWaitedFor(request)) response.shouldKeepAlive = false;
    request.url = withoutFragment(request.url);
    options.handle(request, response, client);
  };
  const clients = clientsBehind(options.trustedProxies ?? []);
  const admission = new Admission({ limits, clients, handle, onAnswer, onRefused });
  const answer: RequestListener = (request, response) => admission.request(request, response);
  server.on("connection", (socket) => admission.connect(socket));
  // An unknown expectation is ignored (RFC 9110, section 10.1.1).
  server.on("request", answer).on("checkExpectation", answer);
  await listen(server, { host, port, variables });
  server.on("error", onFault);
  const looking = setInterval(() => admission.look(), checkInterval);
  server.on("close", () => clearInterval(looking));

  const { address, family, port: bound } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
  return { url, close: () => close(server, drainTimeout) };
}

function listen(server: Server, at: Pick<ListenerOptions, "host" | "port" | "variables">): Promise<void> {
  const { host, port, variables } = at;
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException) => {
      const problem = `${host}:${port} can't be used: ${listenFault(cause.code)}`;
      reject(new PortInUseError(`${problem}. Set ${variables} to another one`, { cause }));
    };
    server.once("error", fail);
    server.listen({ host, port }, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

/** Milliseconds between closing connections whose last answer was sent. */
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

const DID_URL = /^(?:https?:\/\/[^/?#]*)?\/1\.0\/identifiers\//i;

/**
 * A request target has no fragment (RFC 9112, section 3.2); with one, Node's parser reads `//a#` as a host without a path.
 * That of a DID URL is kept: it selects a part of the document.
 */
function withoutFragment(target = "/"): string {
  const at = target.indexOf("#");
  return at < 0 || DID_URL.test(target) ? target : target.slice(0, at);
}
