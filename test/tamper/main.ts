/**
 * `npm run test:tamper`: resolves DIDs with required proofs through a proxy that tampers at random, and verifies an envelope
 * with each of its bytes altered. Fails on a wrong answer, an error without a code, or growing memory. Options: `--
 * --resolutions N --seed S`.
 */
import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { mutateBytes, resolveTampered, tamperStage } from "./run.ts";

/** Maximum growth of the heap in bytes after the warm-up. It allows for caches and compiled code. */
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
  console.log(`heap growth: ${Math.round(grown / 1_024)} KiB`);
  assert.ok(grown < MAX_GROWTH, `the heap grew by ${grown} bytes`);
  console.log(`${resolutions} resolutions:`, await resolveTampered(stage, Number(resolutions), Number(seed)));
} finally {
  for (const end of ends.reverse()) await end();
}
// Exits explicitly, because the chain in this process keeps it alive.
process.exit(0);
