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

/** The platform's own server in a process of its own, which answers with so many bytes. */
export async function startBareServer(bytes: number): Promise<{ url: string; bytes: number; stop(): void }> {
  const child = fork(join(REPOSITORY, "scripts", "bench", "bare-server.ts"), [String(bytes)]);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { url: `http://127.0.0.1:${port}/`, bytes, stop: () => child.disconnect() };
}
