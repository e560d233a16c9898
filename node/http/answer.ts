import { hash } from "node:crypto";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { PREFLIGHT_MAX_AGE } from "./server/bounds.ts";

/** A complete answer, small enough to be built before the first byte is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or consecutive parts of bytes. */
  readonly body: string | readonly Buffer[];
  /** The same in the form that the public listener sends: see {@link prepared}. */
  readonly ready?: Ready;
}

/** Head and body in the form that node:http sends with the least work. */
interface Ready {
  /** All headers, as alternating names and values. */
  readonly head: string[];
  /** A short body is latin1 text, one character per byte. */
  readonly body: string | Buffer;
}

/**
 * Longest body in bytes that is sent as text, which node:http joins with the head and writes with one system call. Longer
 * text is copied to the heap first, which costs more than a second buffer in the same call.
 */
const MAX_TEXT_BYTES = 16_384;

/** The methods of all routes except that of identifiers. */
export const METHODS = "GET, HEAD, OPTIONS";

/** Headers by which browsers treat an answer only as data. */
export const DATA_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Headers of every answer of the public listener, which pages of all origins may read. */
export const COMMON_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
  ...DATA_HEADERS,
};

/**
 * The answer to `OPTIONS`, which browsers send before a request with a header such as `If-None-Match` (Fetch, "CORS
 * protocol").
 */
export function preflight(methods: string): Answer {
  return {
    status: 204,
    headers: {
      allow: methods,
      "access-control-allow-methods": methods,
      "access-control-allow-headers": "*",
      "access-control-max-age": String(PREFLIGHT_MAX_AGE),
    },
    body: "",
  };
}

/** A JSON answer; `type` is its media type. Text and bytes have to be JSON already. */
export function json(body: object | string, { status = 200, type = "application/json", headers = {} } = {}): Answer {
  return {
    status,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store", ...headers },
    body: typeof body === "string" || isParts(body) ? body : JSON.stringify(body),
  };
}

/** The opaque part of an ETag (RFC 9110, section 8.8.3): 132 bits of the SHA-256 of an answer's content. */
export function tagOf(content: string | Uint8Array): string {
  return hash("sha256", content, "base64url").slice(0, 22);
}

function isParts(body: object): body is readonly Buffer[] {
  return Array.isArray(body) && body.every((part) => Buffer.isBuffer(part));
}

/** Prepares an answer that is sent many times: builds its head and body once. */
export function prepared(answer: Answer): Answer {
  const bytes = bytesOf(answer);
  const headers = { ...COMMON_HEADERS, ...answer.headers, "content-length": String(bytes.length) };
  const body = bytes.length > MAX_TEXT_BYTES ? bytes : bytes.toString("latin1");
  return { ...answer, ready: { head: Object.entries(headers).flat(), body } };
}

function bytesOf({ body }: Answer): Buffer {
  if (typeof body === "string") return Buffer.from(body);
  const [first = Buffer.alloc(0), ...rest] = body;
  return rest.length === 0 ? first : Buffer.concat(body);
}

/**
 * Sends an answer; without its body for HEAD, 204 and 304.
 * @param common headers of every answer of the listener; by default those of the public listener.
 */
export function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  common: Readonly<Record<string, string>> = COMMON_HEADERS,
): void {
  const { status, headers, ready } = answer;
  const isBare = status === 204 || status === 304;
  const isWithBody = !isBare && request.method !== "HEAD";
  if (ready !== undefined && common === COMMON_HEADERS) {
    response.writeHead(status, ready.head);
    if (isWithBody) response.end(ready.body, "latin1");
    else response.end();
    return;
  }
  const body = typeof answer.body === "string" ? answer.body : bytesOf(answer);
  const bytes = Buffer.byteLength(body);
  const length = isBare ? {} : { "content-length": String(bytes) };
  response.writeHead(status, { ...common, ...headers, ...length });
  // Text of ASCII characters has the same bytes in both encodings, and node:http writes latin1 with less work.
  if (isWithBody) response.end(body, bytes === body.length ? "latin1" : "utf8");
  else response.end();
}

/** Sends an answer when no request could be parsed, and closes the connection. */
export function sendRaw(socket: Duplex, answer: Answer): void {
  const { status, headers } = answer;
  const bytes = bytesOf(answer);
  const all = { ...COMMON_HEADERS, ...headers, "content-length": bytes.length, connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n`);
  socket.end(bytes, () => socket.destroy());
}
