import { cpuOf } from "./cpu.ts";
import { load, type Served } from "./load.ts";
import { median } from "./timing.ts";

const CONNECTIONS = 64;
const ROUNDS = 5;

/** A server in a process of its own. */
export interface Measured {
  readonly url: string;
  readonly pid: number;
}

/** So many connections, for a row's `size`. */
export const UNDER_LOAD = `${CONNECTIONS} connections`;

/**
 * What an answer costs its server: its processor time in microseconds as `each`, for client and server share the machine, so that
 * time says little.
 */
export function under({ url, pid }: Measured, paths: () => readonly string[]): () => Promise<Served> {
  return async () => {
    const asked = paths();
    const before = await cpuOf(pid);
    const { p99 } = await load(url, asked, CONNECTIONS);
    return { each: ((await cpuOf(pid)) - before) / asked.length, p99 };
  };
}

export interface Both {
  readonly ours: Served;
  readonly theirs: Served;
}

/** Two servers by turns, so that both meet the same machine; the medians over the rounds, of which the first only warms up. */
export async function byTurns(ours: () => Promise<Served>, theirs: () => Promise<Served>): Promise<Both> {
  const rounds: Both[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const both = { ours: await ours(), theirs: await theirs() };
    if (round > 0) rounds.push(both);
  }
  const middle = (of: keyof Both) => ({
    each: median(rounds.map((one) => one[of].each)),
    p99: median(rounds.map((one) => one[of].p99)),
  });
  return { ours: middle("ours"), theirs: middle("theirs") };
}

/** Processor time an answer of both, as a row has it. */
export function each({ ours, theirs }: Both): { ours: number; theirs: number } {
  return { ours: ours.each, theirs: theirs.each };
}
