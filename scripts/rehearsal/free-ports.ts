import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ephemeral ports (Linux: from 32 768 on), so that no connection takes a port before it is used. */
const [LOWEST, HIGHEST] = [10_000, 32_767];

/** The first of `count` consecutive free ports, chosen at random. */
export async function freeRange(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST, HIGHEST - count);
    const all = Array.from({ length: count }, (_, at) => isFree(first + at));
    if ((await Promise.all(all)).every(Boolean)) return first;
  }
}

/** Free ports as strings, as environment variables need them. */
export async function freePorts(count: number): Promise<string[]> {
  const first = await freeRange(count);
  return Array.from({ length: count }, (_, at) => String(first + at));
}

/** Whether a port is free at every address of this machine. */
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
