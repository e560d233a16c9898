import { createHash } from "node:crypto";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { PREFLIGHT_MAX_AGE } from "./server/bounds.ts";

/** An answer, whole: small enough to be made before the first byte is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or bytes in parts that follow each other. */
  readonly body: string | readonly Buffer[];
  /** The same, ready for the public listener: see {@link prepared}. */
  readonly ready?: Ready;
}

/** What node:http is given of an answer that is sent many times. */
interface Ready {
  /** All headers, names and values by turns. */
  readonly head: string[];
  /** The body, a character for each byte. */
  readonly text: string;
}

/** The methods of every route but that of identifiers. */
export const METHODS = "GET, HEAD, OPTIONS";

/** No browser takes an answer for anything but data. */
export const DATA_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** On every answer of the public listener: anybody may read it from any page. */
export const COMMON_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
  ...DATA_HEADERS,
};

/** To `OPTIONS`, which a page's browser asks before a request with a header such as `If-None-Match` (Fetch, "CORS protocol"). */
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

/** A JSON answer; `type` is its media type. A text, and bytes, are JSON already. */
export function json(body: object | string, { status = 200, type = "application/json", headers = {} } = {}): Answer {
  return {
    status,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store", ...headers },
    body: typeof body === "string" || isParts(body) ? body : JSON.stringify(body),
  };
}

/** What an ETag is made of (RFC 9110, section 8.8.3): 132 bits of the SHA-256 of an answer's parts. */
export function tagOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("base64url").slice(0, 22);
}

/** Whether `If-None-Match` has an answer's tag (RFC 9110, section 13.1.2): a weak comparison with any of those named. */
export function matchesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const wanted = opaque(etag);
  return ifNoneMatch.split(",").some((tag) => tag.trim() === "*" || opaque(tag.trim()) === wanted);
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, "");
}

function isParts(body: object): body is readonly Buffer[] {
  return Array.isArray(body) && body.every((part) => Buffer.isBuffer(part));
}

/** An answer that is sent many times, with its head and its body put together once. */
export function prepared(answer: Answer): Answer {
  const text = bytesOf(answer).toString("latin1");
  const headers = { ...COMMON_HEADERS, ...answer.headers, "content-length": String(text.length) };
  return { ...answer, ready: { head: Object.entries(headers).flat(), text } };
}

function bytesOf({ body }: Answer): Buffer {
  if (typeof body === "string") return Buffer.from(body);
  const [first = Buffer.alloc(0), ...rest] = body;
  return rest.length === 0 ? first : Buffer.concat(body);
}

/**
 * Sends an answer; without its body for HEAD, 204 and 304.
 * @param common headers of every answer of the listener; those of the public one unless given.
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
  // node:http joins a text with the head: the system gets both as one piece.
  if (ready !== undefined && common === COMMON_HEADERS) {
    response.writeHead(status, ready.head);
    if (isWithBody) response.end(ready.text, "latin1");
    else response.end();
    return;
  }
  const body = typeof answer.body === "string" ? answer.body : bytesOf(answer);
  const length = isBare ? {} : { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...common, ...headers, ...length });
  if (isWithBody) response.end(body);
  else response.end();
}

/** Sends an answer where no request could be read, and closes the connection. */
export function sendRaw(socket: Duplex, answer: Answer): void {
  const { status, headers } = answer;
  const bytes = bytesOf(answer);
  const all = { ...COMMON_HEADERS, ...headers, "content-length": bytes.length, connection: "close" };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n`);
  socket.end(bytes, () => socket.destroy());
}
