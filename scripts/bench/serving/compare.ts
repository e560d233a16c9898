import { setTimeout as delay } from "node:timers/promises";
import { cpuOf } from "../measuring/cpu.ts";
import { onOneCore } from "../measuring/one-core.ts";
import { median } from "../measuring/timing.ts";
import { load, type Served } from "./load.ts";

const CONNECTIONS = 64;

/** A server in a process of its own. */
export interface Measured {
  readonly url: string;
  readonly pid: number;
}

/** So many connections, for a row's `size`. */
export const UNDER_LOAD = `${CONNECTIONS} connections`;

export interface Load {
  /** What is asked for in a round. */
  readonly paths: () => readonly string[];
  readonly rounds: number;
}

export interface Both {
  readonly ours: Served;
  readonly theirs: Served;
}

/** Milliseconds for which the servers are measured at rest. */
const REST = 5_000;

/**
 * What an answer costs two servers, by turns so that both meet the same machine: processor time in microseconds as `each`,
 * because client and servers share the machine, so that time says little. What a server takes at rest, as a node does that
 * polls its chain, is no cost of an answer, and is subtracted. The medians over the rounds, of which the first only warms up.
 */
export function compareServers(ours: Measured, theirs: Measured, { paths, rounds: count }: Load): Promise<Both> {
  return onOneCore([ours.pid, theirs.pid], async () => {
    const [rest, theirRest] = await Promise.all([atRest(ours), atRest(theirs)]);
    const rounds: Both[] = [];
    for (let round = 0; round <= count; round++) {
      const both = { ours: await under(ours, paths(), rest), theirs: await under(theirs, paths(), theirRest) };
      if (round > 0) rounds.push(both);
    }
    const middle = (of: keyof Both) => ({
      each: median(rounds.map((one) => one[of].each)),
      p99: median(rounds.map((one) => one[of].p99)),
    });
    return { ours: middle("ours"), theirs: middle("theirs") };
  });
}

/** Processor time of a server that nobody asks, in microseconds per millisecond. */
async function atRest({ pid }: Measured): Promise<number> {
  const before = await cpuOf(pid);
  await delay(REST);
  return ((await cpuOf(pid)) - before) / REST;
}

async function under({ url, pid }: Measured, paths: readonly string[], rest: number): Promise<Served> {
  const before = await cpuOf(pid);
  const { each, p99 } = await load(url, paths, CONNECTIONS);
  const milliseconds = (each * paths.length) / 1_000;
  return { each: ((await cpuOf(pid)) - before - rest * milliseconds) / paths.length, p99 };
}

/** Processor time an answer of both, as a row has it. */
export function each({ ours, theirs }: Both): { ours: number; theirs: number } {
  return { ours: ours.each, theirs: theirs.each };
}
