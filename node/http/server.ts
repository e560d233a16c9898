import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MapaeError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { DidIndex } from "../did-index.ts";
import { type NodeReport, unfitReason } from "../status.ts";
import { PREFLIGHT, send } from "./answer.ts";
import { createApp, methodNotAllowed } from "./app.ts";
import * as bounds from "./bounds.ts";
import { identifiers } from "./identifiers.ts";
import { problem, problemAnswer, problemOf } from "./problem.ts";

const IDENTIFIERS = "/1.0/identifiers/";

/** The public listener could not be opened. */
export class PortInUseError extends MapaeError {
  readonly code = "PORT_IN_USE";
}

export interface HttpOptions {
  readonly index: DidIndex;
  readonly network: NetworkDescriptor;
  readonly report: () => NodeReport;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Told of each fault that nobody threw on purpose; never with what was asked or who asked. */
  readonly onFault: (error: unknown) => void;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** The public listener. */
export interface HttpServer {
  readonly url: string;
  /** Takes no new requests, lets those under way finish for a while, then closes. */
  close(): Promise<void>;
}

/**
 * Opens the public listener. Documents, the answers that are wanted most, are given before express sees the request.
 * @throws PortInUseError when host and port are taken.
 */
export async function startHttp({
  index,
  network,
  report,
  now,
  onFault,
  host,
  port,
}: HttpOptions): Promise<HttpServer> {
  const app = createApp({ network, report, onFault });
  const identify = identifiers({
    index,
    network,
    now,
    onFault,
    unfit: () => unfitReason(report().state),
    stale: () => report().state.kind === "stale",
  });

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const { url = "/", method } = request;
    if (url.length > bounds.MAX_TARGET_LENGTH) {
      const detail = `Got ${url.length} characters, at most ${bounds.MAX_TARGET_LENGTH} are read`;
      return send(request, response, problemAnswer(problem("TARGET_TOO_LONG", detail)));
    }
    if (method === "OPTIONS") return send(request, response, PREFLIGHT);
    if (!url.startsWith(IDENTIFIERS)) return void app(request, response);
    if (method !== "GET" && method !== "HEAD") return send(request, response, methodNotAllowed(method));

    const { accept, "if-none-match": ifNoneMatch } = request.headers;
    const answer = identify({ target: url.slice(IDENTIFIERS.length), accept, ifNoneMatch });
    if (!(answer instanceof Promise)) return send(request, response, answer);
    answer
      .catch((error: unknown) => {
        onFault(error);
        return problemAnswer(problemOf(error));
      })
      .then((late) => send(request, response, late));
  };

  const server = createServer(
    { maxHeaderSize: bounds.MAX_HEADER_BYTES, connectionsCheckingInterval: bounds.TIMEOUTS.check },
    handle,
  );
  server.headersTimeout = bounds.TIMEOUTS.headers;
  server.requestTimeout = bounds.TIMEOUTS.request;
  server.maxConnections = bounds.MAX_CONNECTIONS;
  await listen(server, host, port);
  const { address, family, port: bound } = server.address() as AddressInfo;
  const url = `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
  return { url, close: () => close(server) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("listening", resolve).once("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EADDRINUSE" && cause.code !== "EACCES" && cause.code !== "EADDRNOTAVAIL")
        return reject(cause);
      const what = cause.code === "EADDRINUSE" ? "is taken by another program" : `can't be opened (${cause.code})`;
      const message = `${host}:${port} ${what}: stop that, or set MAPAE_HTTP_HOST or MAPAE_HTTP_PORT to another`;
      reject(new PortInUseError(message, { cause }));
    });
    server.listen({ host, port });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), bounds.TIMEOUTS.drain);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
