import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { REPOSITORY } from "../../../cli/files/repository.ts";

/** A test by its name and file. */
const killer = z.object({ by: z.string(), file: z.string() });
const verdict = z.discriminatedUnion("outcome", [
  killer.extend({ outcome: z.literal("killed") }),
  z.object({ outcome: z.literal("survived"), passed: z.int() }),
  z.object({ outcome: z.literal("timeout") }),
]);

export type Killer = z.infer<typeof killer>;

/** How a run of tests ended: `by` is the name of the test that failed, `passed` counts the tests. */
export type Verdict = z.infer<typeof verdict>;

/** Which tests run: those of these files, in this order, but those that are likely to fail before all others. */
export interface Order {
  readonly likely: readonly Killer[];
  readonly files: readonly string[];
}

/** What a process of tests exits with when something of an earlier run may have disturbed it. */
export const STALE = 75;

/** A process is replaced after so many runs, with the memory that it has gathered. */
const RUNS_PER_PROCESS = 50;

/** Seed of all random tests: a mutant's fate is the same in each run. */
const SEED = "1";

/** The tests ended in another way than tests do, or fail without any mutant. */
export class MutationRunError extends Error {
  readonly code = "MUTATION_RUN";
}

/** Tests that stay loaded from run to run, in a process of their own. */
export interface Tests {
  /**
   * Runs the tests on the artifacts as they are now, until one fails or for `timeout` milliseconds.
   *
   * @throws {MutationRunError} when the process ends without a verdict.
   */
  run(order: Order, timeout: number): Promise<Verdict>;
  close(): void;
}

/** @param files the test files, as paths from the root of this checkout. */
export function openTests(files: readonly string[]): Tests {
  let child: ChildProcess | undefined;
  let runs = 0;

  const close = () => {
    child?.kill("SIGKILL");
    child = undefined;
    runs = 0;
  };
  const run = async (order: Order, timeout: number): Promise<Verdict> => {
    if (runs === RUNS_PER_PROCESS || child?.connected === false) close();
    child ??= start(files);
    runs += 1;
    const end = await nextEnd(child, order, timeout);
    if (typeof end === "object" && end.outcome !== "timeout") return end;
    close();
    if (typeof end === "object") return end;
    if (end === STALE) return run(order, timeout);
    throw new MutationRunError(`the tests ended without a verdict, with ${end}`);
  };
  return { run, close };
}

function start(files: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--no-warnings", join(import.meta.dirname, "test-process.ts"), ...files], {
    cwd: REPOSITORY,
    env: { ...process.env, HARDHAT_CONFIG: join(import.meta.dirname, "hardhat.config.ts"), FC_SEED: SEED },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** The verdict on an order, or what the process exited with. */
async function nextEnd(child: ChildProcess, order: Order, timeout: number): Promise<Verdict | number | string> {
  const settled = new AbortController();
  const { signal } = settled;
  child.send(order);
  try {
    return await Promise.race([
      once(child, "message", { signal }).then(([message]) => verdict.parse(message)),
      once(child, "exit", { signal }).then(([code, by]) => code ?? by),
      delay(timeout, { outcome: "timeout" as const }, { signal }),
    ]);
  } finally {
    settled.abort();
  }
}
