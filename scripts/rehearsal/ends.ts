import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Registers a function that runs when a test is over, even if it failed. */
export type AtEnd = (end: () => Promise<unknown>) => void;

const ofTests = new WeakMap<object, AtEnd>();

/**
 * The functions run in reverse order of registration, so that processes end before their folder is removed. Each runs, even
 * when another one fails. All calls for one test register in the same order.
 */
export function endsOf(test: { after(end: () => Promise<void>): unknown }): AtEnd {
  const known = ofTests.get(test);
  if (known !== undefined) return known;
  const ends: (() => Promise<unknown>)[] = [];
  const atEnd: AtEnd = (end) => ends.push(end);
  ofTests.set(test, atEnd);
  test.after(async () => {
    const failures: unknown[] = [];
    for (const end of ends.toReversed()) await end().catch((failure: unknown) => failures.push(failure));
    if (failures.length > 0) throw new AggregateError(failures, "A process or folder of the test could not be closed");
  });
  return atEnd;
}

/** Ends a process with a signal, unless it has ended. */
export async function endProcess(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

/** A folder that is removed at the end. Its path has a space, as an operator's may have. */
export async function temporaryFolder(atEnd: AtEnd): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mapae chain-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
