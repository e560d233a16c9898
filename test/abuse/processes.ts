import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism, constants, setPriority } from "node:os";
import { createInterface } from "node:readline";

export interface Started {
  readonly child: ChildProcess;
  /** The first line that it printed. */
  readonly line: string;
  /** The last line that it printed. */
  last: string;
}

/** Where a process runs: the node that is measured shares no core with the attackers, where there are two. */
export type Place = "node's core" | "other core";

/** Whether processes can be kept to their core. */
export const isPlaced = availableParallelism() > 1 && place(process.pid, "other core");

/** Whether what is measured goes before all other work of the machine, as the superuser may decide; else attackers give way to it. */
export const isFirst = goFirst(process.pid);

/**
 * Starts a script beside this one; resolves with the first line that it prints.
 * @param measured whether it is what is measured, and goes before all others.
 */
export async function start(
  script: string,
  { args = [], at, measured }: { args?: readonly string[]; at: Place; measured: boolean },
): Promise<Started> {
  const file = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  assert(child.stdout && child.pid !== undefined);
  if (isPlaced) place(child.pid, at);
  if (measured) goFirst(child.pid);
  else if (isFirst) spawnSync("chrt", ["--all-tasks", "--other", "--pid", "0", String(child.pid)]);
  else setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const lines = createInterface(child.stdout);
  const [line] = await once(lines, "line");
  const started = { child, line: String(line), last: String(line) };
  lines.on("line", (next) => {
    started.last = next;
  });
  return started;
}

/** Tells a script that it is to end, and waits for that. */
export async function end({ child }: Started): Promise<void> {
  const ended = once(child, "close");
  child.stdin?.end();
  await ended;
}

/** The most memory that a process held so far. */
export function peakMib({ child: { pid } }: Started): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
}

/** Keeps a process, with all of its threads, to a core (taskset of util-linux). */
function place(pid: number, at: Place): boolean {
  const core = at === "node's core" ? "0" : "1";
  return spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", core, String(pid)]).status === 0;
}

/** Schedules a process, with all of its threads, before those that are not of real time (chrt of util-linux). */
function goFirst(pid: number): boolean {
  return spawnSync("chrt", ["--all-tasks", "--rr", "--pid", "1", String(pid)]).status === 0;
}
