import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** How long a process may take to end after SIGTERM, in milliseconds. */
const GRACE_MS = 10_000;

export interface ChildOptions {
  /** Script and arguments for Node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File for its output; overwritten. */
  readonly log: string;
}

/** A child process that runs until it is stopped. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves when it has ended, with a description of how. */
  readonly ended: Promise<string>;
  /** Ends it with SIGTERM, and with SIGKILL when that takes too long. */
  stop(): Promise<void>;
  /** The last lines that it printed. */
  tail(): Promise<string>;
}

/**
 * Starts a Node process in a group of its own, so that Ctrl-C reaches only this process, which chooses the order of stopping.
 * The child has an IPC channel, by whose end it notices that this process ended: see {@link endWithParent}.
 */
export function startChild({ args, env, log }: ChildOptions): Child {
  const file = openSync(log, "w");
  const child = spawn(process.execPath, args, {
    env,
    stdio: ["ignore", file, file, "ipc"],
    detached: true,
  });
  closeSync(file);
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return {
    process: child,
    ended,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
      await ended;
      clearTimeout(force);
    },
    async tail() {
      return (await readFile(log, "utf8")).trimEnd().split("\n").slice(-15).join("\n");
    },
  };
}

/** The first message of a child; rejects when it ends before. */
export async function firstMessage(child: Child): Promise<unknown> {
  const message = once(child.process, "message").then(([value]) => value as unknown);
  const end = child.ended.then(async (how) => {
    throw new Error(`It ended with ${how}:\n${await child.tail()}`);
  });
  return Promise.race([message, end]);
}

/**
 * Ends this process on SIGTERM or SIGINT, and when its parent process is gone for whatever reason: the IPC channel then closes.
 * Without a channel only the signals count.
 */
export function endWithParent(end: () => void): void {
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("disconnect", end);
}
