import assert from "node:assert/strict";
import { test } from "node:test";
import { compareQuarters, type Sample } from "./verdict.ts";

const MIB = 1_048_576;
const LEVEL: Sample = { seconds: 0, heap: 40 * MIB, memory: 150 * MIB, sockets: 10, files: 28, resources: 12 };

/** An hour of samples. `at` returns the differences from the constant level at a share, from 0 to 1, of the hour. */
function hour(at: (part: number) => Partial<Sample> = () => ({}), count = 240): Sample[] {
  return Array.from({ length: count }, (_, index) => {
    const part = index / (count - 1);
    return { ...LEVEL, seconds: part * 3_600, ...at(part) };
  });
}

function failing(samples: readonly Sample[]): string[] {
  const comparisons = compareQuarters(samples);
  assert.equal(comparisons.length, 5);
  return comparisons.filter(({ ok }) => !ok).map(({ measure }) => measure);
}

test("constant and shrinking measures pass", () => {
  assert.deepEqual(failing(hour()), []);
  assert.deepEqual(failing(hour((part) => ({ heap: (50 - 20 * part) * MIB, sockets: part < 0.5 ? 12 : 3 }))), []);
});

test("memory that grows only during the warm-up passes", () => {
  assert.deepEqual(failing(hour((part) => ({ heap: (part < 0.4 ? 10 + 75 * part : 40) * MIB }))), []);
});

test("memory may grow by up to 5 % between the quarters, not by more", () => {
  for (const measure of ["heap", "memory"] as const) {
    const growing = (by: number) => hour((part) => ({ [measure]: LEVEL[measure] * (1 + by * part) }));
    assert.deepEqual(failing(growing(0.08)), []);
    assert.deepEqual(failing(growing(0.15)), [measure]);
  }
});

test("one leaked handle of any kind every ten minutes is detected", () => {
  for (const measure of ["sockets", "files", "resources"] as const) {
    assert.deepEqual(failing(hour((part) => ({ [measure]: LEVEL[measure] + Math.floor(6 * part) }))), [measure]);
  }
});

test("single outliers do not change the verdict", () => {
  let count = 0;
  const peaks = hour((part) => (part > 0.7 && count++ % 3 === 0 ? { heap: 90 * MIB, sockets: 40 } : {}));
  assert.deepEqual(failing(peaks), []);
});

test("too few samples give no comparison", () => {
  assert.deepEqual(compareQuarters([]), []);
  assert.deepEqual(compareQuarters(hour(undefined, 18)), []);
  assert.equal(compareQuarters(hour(undefined, 20)).length, 5);
});
