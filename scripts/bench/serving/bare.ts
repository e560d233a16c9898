import { type Server, startServer } from "../stage/program.ts";

const JSON_HEADERS = ["content-type", "application/json"];

/** Headers that `node:http` adds to every answer. */
const ADDED_HEADERS = ["date", "connection", "keep-alive", "content-length", "transfer-encoding"];

export interface BareOptions {
  /** Headers of another server's answer, which this one copies. */
  readonly like?: Headers;
  /** Whether it decompresses a P-256 key before each answer. */
  readonly withPoint?: boolean;
}

/** Starts a `node:http` server in its own process that answers every request with a body of `bytes` bytes. */
export async function startBareServer(bytes: number, { like, withPoint = false }: BareOptions = {}): Promise<Server> {
  const headers = like ? [...like].filter(([name]) => !ADDED_HEADERS.includes(name)).flat() : JSON_HEADERS;
  const args = [String(bytes), JSON.stringify(headers), ...(withPoint ? ["point"] : [])];
  return startServer(new URL("bare-server.ts", import.meta.url), args);
}
