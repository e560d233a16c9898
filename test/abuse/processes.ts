import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { availableParallelism, constants, setPriority } from "node:os";
import { createInterface } from "node:readline";

export interface Started {
  readonly child: ChildProcess;
  /** The first line of its output. */
  readonly line: string;
  /** The last line of its output so far. */
  last: string;
}

/** The core of a process: the measured node shares no core with the attackers, if there are two. */
export type Place = "node's core" | "other core";

/** Whether processes can be pinned to cores. */
export const isPlaced = availableParallelism() > 1 && place(process.pid, "other core");

/**
 * Whether the measured processes have real-time priority, which only the superuser can set. Otherwise the attackers get low
 * priority.
 */
export const hasPriority = prioritize(process.pid);

/**
 * Starts a script of this folder and waits for the first line of its output.
 * @param measured whether it is a measured process, which gets priority over all others.
 */
export async function start(
  script: string,
  { args = [], at, measured }: { args?: readonly string[]; at: Place; measured: boolean },
): Promise<Started> {
  const file = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  assert(child.stdout && child.pid !== undefined);
  if (isPlaced) place(child.pid, at);
  if (measured) prioritize(child.pid);
  else if (hasPriority) spawnSync("chrt", ["--all-tasks", "--other", "--pid", "0", String(child.pid)]);
  else setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const lines = createInterface(child.stdout);
  const [line] = await once(lines, "line");
  const started = { child, line: String(line), last: String(line) };
  lines.on("line", (next) => {
    started.last = next;
  });
  return started;
}

/** Closes the standard input of a script, on which it exits, and waits for its exit. */
export async function end({ child }: Started): Promise<void> {
  const ended = once(child, "close");
  child.stdin?.end();
  await ended;
}

/** The peak memory of a process. */
export function peakMib({ child: { pid } }: Started): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;
}

/** Pins all threads of a process to a core with util-linux's `taskset`. */
function place(pid: number, at: Place): boolean {
  const core = at === "node's core" ? "0" : "1";
  return spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", core, String(pid)]).status === 0;
}

/** Gives all threads of a process real-time priority with util-linux's `chrt`. */
function prioritize(pid: number): boolean {
  return spawnSync("chrt", ["--all-tasks", "--rr", "--pid", "1", String(pid)]).status === 0;
}
