/**
 * `npm run model`: lets nodes follow a simulated chain through random histories of blocks, forks, faults, restarts and outages,
 * and compares their content with a fold from scratch after every step. Each history has a seed, counted upwards from `--seed`.
 * `--seeds 1 --seed <seed of a failure>` repeats a failed one. The exit code is 0 when all comparisons were equal.
 * It does not use node:test, whose async hooks would take a fifth of the time.
 */
import { setImmediate as turn } from "node:timers/promises";
import { parseArgs } from "node:util";
import { history } from "./model.ts";

const REPORT_EVERY_MS = 60_000;

const anySeed = String(Math.floor(Math.random() * 2 ** 30));
const { values } = parseArgs({
  options: { seeds: { type: "string", default: "200" }, seed: { type: "string", default: anySeed } },
});
const [seeds, first] = [Number(values.seeds), Number(values.seed)];
if (!Number.isSafeInteger(seeds) || seeds < 1 || !Number.isInteger(first) || Math.abs(first) > 2 ** 30) {
  console.error(`Wanted --seeds, 1 or more, and --seed, at most 2^30; got ${values.seeds} and ${values.seed}`);
  process.exit(2);
}

let isInterrupted = false;
process.once("SIGINT", () => {
  isInterrupted = true;
});
process.once("SIGTERM", () => {
  isInterrupted = true;
});

// Thousands of faults are thrown, and capturing a stack is most of their cost.
Error.stackTraceLimit = seeds === 1 ? 10 : 0;

console.log(`${seeds} histories of 200 steps, seeds from ${first}`);
const started = performance.now();
let reportedAt = started;
let done = 0;
while (done < seeds && !isInterrupted) {
  const seed = first + done;
  try {
    await history(seed);
  } catch (error) {
    console.error(`Failed with seed ${seed} (npm run model -- --seeds 1 --seed ${seed}):`, error);
    process.exit(1);
  }
  done++;
  // A history never waits for the event loop, and a signal is handled only there.
  await turn();
  if (performance.now() - reportedAt < REPORT_EVERY_MS) continue;
  reportedAt = performance.now();
  console.log(`${done} of ${seeds} after ${seconds()} s`);
}
console.log(`${done} histories equalled a fold from scratch, ${seconds()} s`);
if (isInterrupted) {
  console.log("The run was aborted.");
  process.exitCode = 1;
}

function seconds(): string {
  return ((performance.now() - started) / 1_000).toFixed(0);
}
