import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Pins this process and others to one core while something is measured, where the system can (`taskset` of Linux). On two
 * cores a server also pays for waking the other core, and the more the longer its client sleeps. This would exaggerate the
 * difference between two servers, and differently each time.
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
