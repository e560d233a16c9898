/**
 * `npm run soak`: a node under load for an hour, on a chain that is reorganised all the time and whose server has a fault now
 * and then. The exit code is 0 when neither memory nor handles grew, every answer was correct, and the index equals a newly
 * built one.
 */
import { parseArgs } from "node:util";
import { type Progress, soak } from "./soak.ts";
import type { Sample } from "./verdict.ts";

const MIB = 1_048_576;

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, seed: { type: "string", default: "1" } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error(`Wanted --minutes above 0 and --seed, a whole number; got ${values.minutes} and ${values.seed}`);
  process.exit(2);
}

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.once("SIGTERM", () => interrupt.abort());

let nextReport = 0;
console.log(`${minutes} minutes, seed ${seed}`);
const { progress, comparisons, equalsFresh, content } = await soak({
  seconds: minutes * 60,
  seed,
  signal: interrupt.signal,
  onSample(sample, so) {
    if (sample.seconds < nextReport) return;
    nextReport += 60;
    console.log(lineOf(sample, so));
  },
});

console.log(`\n${"measure".padEnd(12)}${["first quarter", "last quarter", "maximum"].map(right).join("")}`);
for (const { measure, first, last, limit, ok } of comparisons) {
  const show = (value: number) => (["heap", "memory"].includes(measure) ? mib(value) : String(value));
  console.log(
    `${measure.padEnd(12)}${[first, last, limit].map((value) => right(show(value))).join("")}  ${verdict(ok)}`,
  );
}
console.log(`\nblocks ${progress.blocks}, reorganisations ${progress.reorgs}, aborted requests ${progress.aborted}`);
console.log(`answers ${list(progress.answers)}`);
console.log(`falsified answers of the chain's server: ${list(progress.faults)}`);
console.log(`wrong answers: ${progress.wrong}  ${verdict(progress.wrong === 0)}`);
for (const example of progress.examples) console.log(`  ${example}`);
console.log(`digest and content ${content} equal to a new index  ${verdict(equalsFresh)}`);
if (interrupt.signal.aborted) console.log("The run was aborted.");
if (comparisons.length === 0) console.log("The run has too few samples for a comparison.");

const isGood = comparisons.length > 0 && comparisons.every(({ ok }) => ok) && progress.wrong === 0 && equalsFresh;
process.exitCode = isGood && !interrupt.signal.aborted ? 0 : 1;

function lineOf({ seconds, heap, memory, sockets, files, resources }: Sample, so: Progress): string {
  const held = `heap ${mib(heap)}, memory ${mib(memory)}, sockets ${sockets}, files ${files}, resources ${resources}`;
  const answers = [...so.answers.values()].reduce((sum, count) => sum + count, 0);
  const done = `blocks ${so.blocks}, reorganisations ${so.reorgs}, answers ${answers}, wrong ${so.wrong}`;
  return `${(seconds / 60).toFixed(1).padStart(5)} min: ${held}; ${done}`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(2)} MiB`;
}

function right(text: string): string {
  return text.padStart(16);
}

function verdict(ok: boolean): string {
  return ok ? "ok" : "WRONG";
}

function list(counts: ReadonlyMap<string | number, number>): string {
  return [...counts].map(([what, count]) => `${what}: ${count}`).join(", ");
}
