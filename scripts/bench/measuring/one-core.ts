import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Pins this process and others to one core during a measurement, if Linux's `taskset` is installed. On two cores, a server's
 * processor time would include waking the core of its client, which takes longer the longer the client slept. That would
 * exaggerate the difference between two servers by a varying amount.
 *
 * This process, which is the client, is meanwhile scheduled as a batch process (`chrt`), so that it does not preempt a server
 * whose answer wakes it. Otherwise the number of context switches, which a server pays for, would depend on chance.
 */
export async function onOneCore<T>(pids: readonly number[], work: () => Promise<T>): Promise<T> {
  const all = [process.pid, ...pids];
  try {
    await pin(all, "0");
    await schedule("--batch");
    return await work();
  } finally {
    await schedule("--other");
    await pin(all, `0-${availableParallelism() - 1}`);
  }
}

async function pin(pids: readonly number[], cores: string): Promise<void> {
  await Promise.all(pids.map((pid) => tool("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(pid)])));
}

function schedule(policy: "--batch" | "--other"): Promise<void> {
  return tool("chrt", [policy, "--all-tasks", "--pid", "0", String(process.pid)]);
}

/** Runs a program of util-linux, if it is installed. */
async function tool(program: string, args: readonly string[]): Promise<void> {
  try {
    await run(program, args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
