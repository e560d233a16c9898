/**
 * `npm run test:tamper`: resolutions with proofs required through a proxy that tampers at random, and every byte of an envelope
 * altered. Fails on a wrong answer, an error without a name, or memory that grows. `-- --resolutions N --seed S`.
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { mutateBytes, resolveTampered, tamperStage } from "./run.ts";

/** Bytes by which the heap may be larger after it was warm: caches, compiled code. */
const MAX_GROWTH = 64 * 1_048_576;

const { resolutions, seed } = parseArgs({
  options: { resolutions: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
}).values;

const ends: (() => Promise<void>)[] = [];
const stage = await tamperStage({ after: (end) => void ends.push(end) });
try {
  const heap = () => {
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  await mutateBytes(stage, Number(seed), 500);
  const before = heap();
  console.log("every byte of an envelope:", await mutateBytes(stage, Number(seed)));
  const grown = heap() - before;
  console.log(`heap: ${Math.round(grown / 1_024)} KiB more`);
  assert.ok(grown < MAX_GROWTH, `the heap grew by ${grown} bytes`);
  console.log(`${resolutions} resolutions:`, await resolveTampered(stage, Number(resolutions), Number(seed)));
} finally {
  for (const end of ends.reverse()) await end();
}
// The chain in this process keeps it alive.
process.exit(0);
