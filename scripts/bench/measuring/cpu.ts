import { readFile } from "node:fs/promises";

/** Microseconds of one tick, in which Linux tells what processor time a process took. */
const TICK = 10_000;

/** Processor time of another process so far, all its threads, in microseconds. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name, which may hold anything; the 14th and 15th are ticks of user and system.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return TICK * (Number(fields[11]) + Number(fields[12]));
}
