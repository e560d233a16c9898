import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that a system gives to connections (Linux: from 32 768 on), so that none takes one before it is used. */
const [LOWEST, HIGHEST] = [10_000, 32_767];

/** The first of as many free ports in a row, at random. */
export async function freeRange(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST, HIGHEST - count);
    const all = Array.from({ length: count }, (_, at) => isFree(first + at));
    if ((await Promise.all(all)).every(Boolean)) return first;
  }
}

/** As many free ports, as variables hold them. */
export async function freePorts(count: number): Promise<string[]> {
  const first = await freeRange(count);
  return Array.from({ length: count }, (_, at) => String(first + at));
}

/** At every address of this machine. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port);
  try {
    await once(server, "listening");
    server.close();
    await once(server, "close");
    return true;
  } catch {
    return false;
  }
}
