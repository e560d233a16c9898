import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { FullError } from "./expiring.ts";

/** Longest body of a request, in bytes; a batch of proofs has some 10 kB. */
const MAX_BODY_BYTES = 131_072;

/** How long a client may take to send a request, in milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Most requests that are read and answered at a time, so that their bodies take at most 32 MiB, and most connections, beyond which
 * new ones are closed. Beyond the requests the one that has been read for longest is closed: that costs one client a repetition,
 * where refusing new requests would let slow clients exclude all others.
 */
export const MAX_REQUESTS = 256;
const MAX_CONNECTIONS = 2_000;

/** The handler of a route; `params` are the named parts of its path. */
export type Handler = (request: Request, params: Readonly<Record<string, string>>) => Response | Promise<Response>;

/** Handlers by method and path, such as `GET /offers/:id`. */
export type Routes = Readonly<Record<string, Handler>>;

/** An error with which a handler answers a wrong request. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly code = "HTTP_ERROR";
  readonly response: Response;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    const all = { "content-type": "text/plain; charset=utf-8", ...headers };
    this.response = new Response(`${message}\n`, { status, headers: all });
  }
}

/** The answer while there is no room, with the seconds after which a client may try again. */
function busy(message: string, seconds: number): HttpError {
  return new HttpError(503, message, { "retry-after": String(seconds), ...CORS });
}

/**
 * The path of a request's target; `undefined` for one that is no path. A path may begin with two slashes, which `new URL` would
 * read as a host, or refuse.
 */
export function pathOf(target = "/"): string | undefined {
  const absolute = `http://localhost${target}`;
  return target.startsWith("/") && URL.canParse(absolute) ? new URL(absolute).pathname : undefined;
}

/** Any page may call protocol endpoints, because they use no cookies (Fetch, "CORS protocol"). */
export const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, POST, OPTIONS",
  "access-control-allow-headers": "Authorization, Content-Type, DPoP",
  "access-control-expose-headers": "DPoP-Nonce, WWW-Authenticate",
};

/** A JSON answer that must not be cached. */
export function json(body: unknown, init: { status?: number; headers?: Record<string, string> } = {}): Response {
  const headers = { "cache-control": "no-store", ...CORS, ...init.headers };
  return Response.json(body, { ...init, headers });
}

/**
 * Opens a listener on the port of a public URL, on this machine, behind a proxy that terminates TLS. Nothing of a request is
 * logged.
 *
 * @param url public URL of the part, whose host requests have to name.
 */
export async function serve(url: string, routes: Routes): Promise<{ readonly close: () => Promise<void> }> {
  const table = Object.entries(routes).map(([key, handler]) => {
    const [method = "", pathname = ""] = key.split(" ");
    return { method, pattern: new URLPattern({ pathname }), handler };
  });
  const answer = async (request: Request): Promise<Response> => {
    const matching = table.filter(({ pattern }) => pattern.test(request.url));
    if (matching.length === 0) return new HttpError(404, "Not found").response;
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
    const route = matching.find(({ method }) => method === (request.method === "HEAD" ? "GET" : request.method));
    if (route === undefined) return new HttpError(405, "Method not allowed").response;
    const params = route.pattern.exec(request.url)?.pathname.groups ?? {};
    return route.handler(request, params as Record<string, string>);
  };
  let open = 0;
  /** The answers to requests whose bodies are being read, the oldest first. */
  const reading = new Set<ServerResponse>();
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, async (incoming, outgoing) => {
    let response: Response;
    open += 1;
    // The response is also closed when the client closes the connection before the answer.
    outgoing.once("close", () => {
      open -= 1;
    });
    try {
      if (open > MAX_REQUESTS) {
        const [slowest] = reading;
        if (slowest === undefined) throw busy(`More than ${MAX_REQUESTS} requests are being answered`, 1);
        reading.delete(slowest);
        slowest.destroy();
      }
      reading.add(outgoing);
      const request = await readRequest(incoming, url).finally(() => reading.delete(outgoing));
      response = await answer(request);
    } catch (error) {
      // A client that went away gets no answer, and leaves no line in the log, which would fill the disk.
      if (outgoing.destroyed) return;
      response = responseTo(error);
    }
    const body = Buffer.from(await response.arrayBuffer());
    outgoing.writeHead(response.status, {
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      ...Object.fromEntries(response.headers),
      ...(response.headers.getSetCookie().length > 0 && { "set-cookie": response.headers.getSetCookie() }),
      "content-length": body.length,
    });
    outgoing.end(incoming.method === "HEAD" ? undefined : body);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(Number(new URL(url).port) || 443, "localhost");
  await once(server, "listening");
  return {
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function responseTo(error: unknown): Response {
  if (error instanceof HttpError) return error.response;
  if (error instanceof FullError) return busy(error.message, error.retryAfter).response;
  console.error(`A request failed: ${reasonOf(error)}`);
  return new HttpError(500, "Internal error").response;
}

/** The name and the place of an error, without its message: the messages of some libraries contain a whole card. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return `${error.name} ${(error.stack ?? "").split("\n").find((line) => line.includes(" at ")) ?? ""}`.trim();
}

async function readRequest(incoming: IncomingMessage, base: string): Promise<Request> {
  const { method = "GET", url = "/" } = incoming;
  if (pathOf(url) === undefined) throw new HttpError(400, "The request target is not a path");
  // DNS rebinding: another host name may resolve to this machine.
  if (incoming.headers.host !== new URL(base).host) throw new HttpError(421, `This is ${base}`);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headersDistinct)) headers.set(name, (value ?? []).join(", "));
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming) {
    length += part.length;
    if (length > MAX_BODY_BYTES) throw new HttpError(413, `The body is longer than ${MAX_BODY_BYTES} bytes`);
    parts.push(part);
  }
  const hasBody = method !== "GET" && method !== "HEAD" && length > 0;
  const absolute = base + url; // A path that begins with two slashes is no host.
  return new Request(absolute, { method, headers, ...(hasBody && { body: Buffer.concat(parts) }) });
}

/**
 * The fields of a form.
 * @throws HttpError 400 when the body is no form, or has a field twice.
 */
export async function readForm(request: Request): Promise<Readonly<Record<string, string>>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(type)) {
    throw new HttpError(400, "Wanted a body of the type application/x-www-form-urlencoded");
  }
  const fields = new URLSearchParams(await request.text());
  const names = [...fields.keys()];
  if (new Set(names).size < names.length) throw new HttpError(400, "A field is there twice");
  return Object.fromEntries(fields);
}
