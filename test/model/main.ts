/**
 * `npm run model`: a node that follows a simulated chain through histories of blocks, forks, faults, restarts and outages at
 * random, compared with a fold from scratch after every step. Each history has a seed, from `--seed` upwards: what a failure
 * names is run again by `--seeds 1 --seed <that>`. Ends with 0 when all were as they must be.
 *
 * Not run by node:test itself: its async hooks take a fifth of the time.
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

// Faults are thrown by the thousand, and a stack costs more than all else of them.
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
    console.error(`Wrong with seed ${seed} (npm run model -- --seeds 1 --seed ${seed}):`, error);
    process.exit(1);
  }
  done++;
  // A history waits for nothing outside of this process: a signal is only seen in another turn of the event loop.
  await turn();
  if (performance.now() - reportedAt < REPORT_EVERY_MS) continue;
  reportedAt = performance.now();
  console.log(`${done} of ${seeds} after ${seconds()} s`);
}
console.log(`${done} histories were as a fold from scratch, ${seconds()} s`);
if (isInterrupted) {
  console.log("It was broken off.");
  process.exitCode = 1;
}

function seconds(): string {
  return ((performance.now() - started) / 1_000).toFixed(0);
}
