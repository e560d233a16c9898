import type { IncomingMessage, ServerResponse } from "node:http";

/** An answer, whole: small enough to be made before the first byte is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** On every answer: anybody may read it from any page, and no browser takes it for anything but data. */
const COMMON_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** A JSON answer; `type` is its media type. */
export function json(body: unknown, { status = 200, type = "application/json", headers = {} } = {}): Answer {
  return {
    status,
    headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  };
}

/** Sends an answer; without its body for HEAD, 204 and 304. */
export function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const bare = status === 204 || status === 304;
  response.writeHead(status, {
    ...COMMON_HEADERS,
    ...headers,
    ...(!bare && { "content-length": Buffer.byteLength(body) }),
  });
  response.end(bare || request.method === "HEAD" ? undefined : body);
}
