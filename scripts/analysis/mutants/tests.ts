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

/** Result of a run: `by` is the name of the test that failed, `passed` the number of passed tests. */
export type Verdict = z.infer<typeof verdict>;

/** The tests to run: those of `files` in this order, but the `likely` ones before all others. */
export interface Order {
  readonly likely: readonly Killer[];
  readonly files: readonly string[];
}

/** Exit code of a test process that an earlier run may have disturbed. */
export const STALE = 75;

/** Number of runs after which a process is replaced, because its memory grows. */
const RUNS_PER_PROCESS = 50;

/** Seed of all random tests, so that the result of a mutant is the same in each run. */
const SEED = "1";

/** The test process ended without a verdict, or the tests fail without a mutant. */
export class MutationRunError extends Error {
  readonly code = "MUTATION_RUN";
}

/** Tests that stay loaded between runs, in their own process. */
export interface Tests {
  /**
   * Runs the tests on the current artifacts, until one fails or `timeout` milliseconds passed.
   *
   * @throws {MutationRunError} when the process ends without a verdict.
   */
  run(order: Order, timeout: number): Promise<Verdict>;
  close(): void;
}

/** @param files test files, as paths from the root of this repository. */
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

/** The verdict on an order, or the exit code or signal of the process. */
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
