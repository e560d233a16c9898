import { readFile } from "node:fs/promises";

/** Microseconds per tick, the unit in which Linux reports the processor time of a process. */
const TICK = 10_000;

/** Processor time of all threads of a process so far, in microseconds. */
export async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The second field is the program's name in parentheses, which may contain any character; the 14th and 15th are the user
  // and system ticks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return TICK * (Number(fields[11]) + Number(fields[12]));
}

/** Processor time of all threads of this process during a work, in microseconds. */
export async function ownCpu(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
