import { fork } from "node:child_process";
import { once } from "node:events";
import { type Agent, get } from "node:http";

/** Over a connection that is kept, to the last byte. */
export function read(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url} answered ${response.statusCode}`));
      response.resume().once("end", resolve);
    }).once("error", reject);
  });
}

export interface BareServer {
  readonly url: string;
  readonly bytes: number;
  readonly pid: number;
  stop(): void;
}

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
export async function startBareServer(
  bytes: number,
  { like, withPoint = false }: BareOptions = {},
): Promise<BareServer> {
  const headers = like ? [...like].filter(([name]) => !OWN_HEADERS.includes(name)).flat() : JSON_HEADERS;
  const args = [String(bytes), JSON.stringify(headers), ...(withPoint ? ["point"] : [])];
  const child = fork(new URL("bare-server.ts", import.meta.url), args);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}/`, bytes, pid: child.pid as number, stop: () => child.disconnect() };
}
