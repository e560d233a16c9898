import { setTimeout as delay } from "node:timers/promises";
import { cpuOf } from "../measuring/cpu.ts";
import { onOneCore } from "../measuring/one-core.ts";
import { median } from "../measuring/timing.ts";
import { load, type Served } from "./load.ts";

const CONNECTIONS = 64;

/** A server in its own process, whose processor time can be read separately. */
export interface Measured {
  readonly url: string;
  readonly pid: number;
}

/** The number of connections, as text for a row's `size`. */
export const UNDER_LOAD = `${CONNECTIONS} connections`;

export interface Load {
  /** Returns the paths that are requested in one round. */
  readonly paths: () => readonly string[];
  readonly rounds: number;
}

export interface Both {
  readonly ours: Served;
  readonly theirs: Served;
}

/** Milliseconds for which the idle servers are measured. */
const IDLE_MS = 5_000;

/**
 * Measures the processor time that an answer costs each of two servers, in microseconds, and the 99th percentile of their
 * response times. Processor time is compared, not elapsed time, because the client and both servers share the machine. Rounds
 * alternate between the servers, so that other load affects both alike. A server's idle processor time, such as a node's
 * polling of its chain, is measured first and subtracted.
 * @returns the medians over the rounds, without the first, which is for warming up.
 */
export function compareServers(ours: Measured, theirs: Measured, { paths, rounds: count }: Load): Promise<Both> {
  return onOneCore([ours.pid, theirs.pid], async () => {
    const [ourIdle, theirIdle] = await Promise.all([idleCpu(ours), idleCpu(theirs)]);
    const rounds: Both[] = [];
    for (let round = 0; round <= count; round++) {
      const both = {
        ours: await loadOnce(ours, paths(), ourIdle),
        theirs: await loadOnce(theirs, paths(), theirIdle),
      };
      if (round > 0) rounds.push(both);
    }
    const middle = (of: keyof Both) => ({
      each: median(rounds.map((one) => one[of].each)),
      p99: median(rounds.map((one) => one[of].p99)),
    });
    return { ours: middle("ours"), theirs: middle("theirs") };
  });
}

/** Processor time of a server without requests, in microseconds per elapsed millisecond. */
async function idleCpu({ pid }: Measured): Promise<number> {
  const before = await cpuOf(pid);
  await delay(IDLE_MS);
  return ((await cpuOf(pid)) - before) / IDLE_MS;
}

/** Requests the paths once. `each` of the result is processor time per answer, without the server's idle time. */
async function loadOnce({ url, pid }: Measured, paths: readonly string[], idle: number): Promise<Served> {
  const before = await cpuOf(pid);
  const { each, p99 } = await load(url, paths, CONNECTIONS);
  const elapsedMs = (each * paths.length) / 1_000;
  return { each: ((await cpuOf(pid)) - before - idle * elapsedMs) / paths.length, p99 };
}

/** Processor time per answer of both servers, for a row. */
export function each({ ours, theirs }: Both): { ours: number; theirs: number } {
  return { ours: ours.each, theirs: theirs.each };
}
