import { randomInt } from "node:crypto";
import { listenError } from "../../cli/local/ports.ts";

/** Below the ephemeral ports (Linux: from 32 768 on), so that no connection takes a port before it is used. */
const [LOWEST, HIGHEST] = [10_000, 32_767];

/** The first of `count` consecutive free ports, chosen at random. */
export async function freeRange(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(LOWEST, HIGHEST - count);
    const errors = await Promise.all(Array.from({ length: count }, (_, at) => listenError({ port: first + at })));
    if (errors.every((error) => error === undefined)) return first;
  }
}

/** Free ports as strings, as environment variables need them. */
export async function freePorts(count: number): Promise<string[]> {
  const first = await freeRange(count);
  return Array.from({ length: count }, (_, at) => String(first + at));
}
