import { type Server, startServer } from "../stage/program.ts";

const JSON_HEADERS = ["content-type", "application/json"];

/** Headers that the platform adds by itself. */
const OWN_HEADERS = ["date", "connection", "keep-alive", "content-length", "transfer-encoding"];

export interface BareOptions {
  /** The headers of an answer, to be sent too. */
  readonly like?: Headers;
  /** Whether the point of a compressed key is found before each answer. */
  readonly withPoint?: boolean;
}

/** The platform's own server in a process of its own, which answers with so many bytes. */
export async function startBareServer(bytes: number, { like, withPoint = false }: BareOptions = {}): Promise<Server> {
  const headers = like ? [...like].filter(([name]) => !OWN_HEADERS.includes(name)).flat() : JSON_HEADERS;
  const args = [String(bytes), JSON.stringify(headers), ...(withPoint ? ["point"] : [])];
  return startServer(new URL("bare-server.ts", import.meta.url), args);
}
