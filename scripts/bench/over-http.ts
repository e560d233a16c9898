import { fork } from "node:child_process";
import { once } from "node:events";
import { type Agent, get } from "node:http";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";

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

/** Headers that the platform adds by itself. */
const OWN_HEADERS = ["date", "connection", "keep-alive", "content-length", "transfer-encoding"];

/** The platform's own server in a process of its own, which answers with so many bytes, and with the headers of an answer if given. */
export async function startBareServer(bytes: number, like?: Headers): Promise<BareServer> {
  const headers = like && [...like].filter(([name]) => !OWN_HEADERS.includes(name)).flat();
  const args = [String(bytes), ...(headers ? [JSON.stringify(headers)] : [])];
  const child = fork(join(REPOSITORY, "scripts", "bench", "bare-server.ts"), args);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}/`, bytes, pid: child.pid as number, stop: () => child.disconnect() };
}
