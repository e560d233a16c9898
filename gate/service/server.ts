import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MapaeError } from "../../resolver/errors.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";
import type { Gate } from "../gate.ts";
import { MAX_REQUEST_BYTES, readCheck, shownDecision, shownImport } from "./answer.ts";
import type { Nonces } from "./nonces.ts";

/** The port of a gate can't be opened. */
export class GatePortError extends MapaeError {
  readonly code = "GATE_PORT";
}

/** A gate answers only its own machine. */
const HOST = "127.0.0.1";

/** Milliseconds for a request, and most connections at a time: enough for one door controller. */
const [REQUEST_TIMEOUT, CONNECTIONS] = [15_000, 100];

export interface GateServerOptions {
  readonly gate: Gate;
  readonly nonces: Nonces;
  readonly audience: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Called with an unexpected error, which is answered with 500. */
  readonly onFault: (error: unknown) => void;
}

export interface GateServer {
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * A gate over HTTP on loopback: `POST /nonces`, `POST /checks`, `POST /bundles`, `GET /status`, `GET /evidence`.
 * @throws GatePortError
 */
export async function serveGate({ gate, nonces, audience, port, onFault }: GateServerOptions): Promise<GateServer> {
  const routes: Readonly<Record<string, (body: Buffer) => Answer | Promise<Answer>>> = {
    "GET /status": () => ({ status: 200, body: gate.status() }),
    "GET /evidence": async () => ({ status: 200, body: await gate.evidence() }),
    "POST /nonces": () => ({ status: 201, body: { ...nonces.give(), audience } }),
    async "POST /checks"(body) {
      const presented = isUtf8(body) ? readCheck(body.toString()) : undefined;
      if (presented === undefined)
        return wrong(400, "Wanted JSON with a credential, and with nonce or statusToken where there are some");
      const isKnown = presented.nonce === undefined || nonces.take(presented.nonce);
      return { status: 200, body: shownDecision(isKnown ? await gate.check(presented) : gate.refuse("nonceUnknown")) };
    },
    async "POST /bundles"(body) {
      return { status: 200, body: shownImport(await gate.importBundle(new Uint8Array(body))) };
    },
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    // DNS rebinding: a page in a browser of this machine can reach loopback by a host name of its own, but it can't set this
    // header.
    if (!/^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(request.headers.host ?? ""))
      return wrong(403, `Wanted ${HOST} as the host`);
    if (request.headers.origin !== undefined) return wrong(403, "No page asks a gate");
    const { method = "", url = "" } = request;
    const route = routes[`${method} ${url}`];
    if (route === undefined)
      return wrong(404, `Got ${method.slice(0, 10)} ${url.slice(0, 100)}, which is no route here`);
    const most = url === "/bundles" ? BUNDLE_BOUNDS.bytes : MAX_REQUEST_BYTES;
    const body = await bodyOf(request, most);
    return body === undefined ? wrong(413, `At most ${most} bytes are read`) : route(body);
  }

  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT },
    (request, response) => {
      answer(request)
        .catch((error: unknown) => {
          if (!request.destroyed) onFault(error);
          return wrong(500, "Something is wrong with the gate");
        })
        .then((found) => send(response, found));
    },
  );
  server.maxConnections = CONNECTIONS;
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "content-length": Buffer.byteLength(text),
  };
  // The rest of a body that is too long is not read.
  response.writeHead(status, { ...headers, ...(status === 413 && { connection: "close" }) }).end(text);
}

function wrong(status: number, detail: string): Answer {
  return { status, body: { detail } };
}

async function bodyOf(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length > most) return undefined;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(new GatePortError(`Port ${port} of ${HOST} can't be opened (${cause.code}): name another`, { cause })),
    );
    server.listen({ host: HOST, port }, resolve);
  });
}
