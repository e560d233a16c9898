import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Lets processes, and this one, share one core while something is measured, where the system can (`taskset` of Linux). On two cores
 * a server also pays for waking the other core, more the longer its client sleeps: of two servers the slower one is shown slower
 * than it is, and differently each time.
 */
export async function onOneCore<T>(pids: readonly number[], work: () => Promise<T>): Promise<T> {
  const all = [process.pid, ...pids];
  const isPinned = await pin(all, "0");
  try {
    return await work();
  } finally {
    if (isPinned) await pin(all, `0-${availableParallelism() - 1}`);
  }
}

async function pin(pids: readonly number[], cores: string): Promise<boolean> {
  try {
    for (const pid of pids) await run("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(pid)]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
