import { ResolverOptionsError } from "../errors.ts";

/** The part of `fetch` that the library uses, so that a caller or a test can replace it. */
export type Fetch = (url: string, init: RequestInit & { readonly cache?: "no-store" }) => Promise<Response>;

/** Where to send requests, and how to name the server in a message: user, password, path and query may be secrets. */
export interface Endpoint {
  readonly target: string;
  /** Its origin. */
  readonly shown: string;
  /** Basic authentication, when the URL has a user or a password: `fetch` refuses a URL that has them. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads the URL of a server.
 * @throws ResolverOptionsError when it is no URL, or its user or password is not percent-encoded.
 */
export function endpoint(url: string): Endpoint {
  // The message does not show the text, which may contain a password.
  if (!URL.canParse(url)) throw new ResolverOptionsError("Got no URL of a server, wanted one with https:// or http://");
  const parsed = new URL(url);
  const headers: Record<string, string> = {};
  if (parsed.username !== "" || parsed.password !== "") {
    const credentials = `${decoded(parsed.username)}:${decoded(parsed.password)}`;
    headers.authorization = `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(credentials)))}`;
    parsed.username = "";
    parsed.password = "";
  }
  return { target: parsed.href, shown: parsed.origin, headers };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ResolverOptionsError("The user or password in a URL has a % that begins no byte in hex: write % as %25");
  }
}

/**
 * The body of an answer as text. Reading stops at the bound.
 *
 * @param maxBytes a bound that the caller names.
 * @param tooLong creates the error for a longer body.
 */
export async function boundedText(response: Response, maxBytes: number, tooLong: () => Error): Promise<string> {
  const bytes = await boundedBytes(response, maxBytes);
  if (bytes === undefined) throw tooLong();
  return new TextDecoder().decode(bytes);
}

/**
 * The body of an answer.
 * @returns `undefined` when it is longer than the bound, where reading stops.
 */
export async function boundedBytes(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body === null ? [] : chunks(response.body)) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    parts.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** Not every browser can iterate a stream. */
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    // Cancels the rest of an answer, for every reason to stop reading.
    await reader.cancel();
  }
}

/** Why `fetch` failed: the reason is in the cause of its error. */
export function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message} (${cause.cause.message})` : cause.message;
}
