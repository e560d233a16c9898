import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Pins this process and others to one core while something is measured, where the system can (`taskset` of Linux). On two
 * cores a server also pays for waking the other core, and the more the longer its client sleeps. This would exaggerate the
 * difference between two servers, and differently each time.
 *
 * This process, which is the client, is scheduled as a batch process meanwhile (`chrt`): it does not preempt a server that
 * wakes it by an answer. Otherwise a server pays for more or fewer switches of tasks, by chance.
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
