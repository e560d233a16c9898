import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Mutant } from "../../../scripts/analysis/mutants/mutate.ts";
import { complaints, type Judged, score, survivors, table } from "../../../scripts/analysis/mutants/report.ts";
import { openResults, type Result } from "../../../scripts/analysis/mutants/results.ts";
import { ordered } from "../../../scripts/analysis/mutants/test-files.ts";

const WHY = "A sentence that says why no test can tell.";

function judged(outcomes: Record<string, Result["outcome"]>): Judged[] {
  return Object.entries(outcomes).map(([key, outcome]) => ({
    mutant: { key, file: "contracts/C.sol", line: 2, operator: "literal", source: `one\n${key}\nthree` },
    result: { key, outcome, basis: "" },
  }));
}

function complain(outcomes: Record<string, Result["outcome"]>, waived: string[], others: string[] = []): string[] {
  const found = judged(outcomes);
  const all = [...found.map(({ mutant }) => mutant), ...others.map((key) => ({ key }) as Mutant)];
  return complaints({ judged: found, all, waived: waived.map((mutant) => ({ mutant, why: WHY })) });
}

test("a mutant whose tests time out counts as killed; one with the same code, or that does not compile, is not counted", () => {
  const found = judged({ a: "killed", b: "timeout", c: "survived", d: "equal", e: "invalid" });
  assert.deepEqual(score(found), { killed: 2, of: 3, share: 2 / 3 });
  assert.match(
    table(found, ({ file }) => file),
    /^contracts\/C\.sol +5 +1 +1 +1 +1 +1 +66\.7 %$/m,
  );
});

test("a survivor without a waiver is a complaint, in a sample too", () => {
  assert.deepEqual(complain({ a: "survived" }, [], ["b"]), ["survived, and no waiver says why: a"]);
  assert.deepEqual(complain({ a: "survived" }, ["a"], ["b"]), []);
});

test("a waiver of a mutant that is killed, or does not exist, is a complaint; one of a mutant that was not chosen is not", () => {
  assert.deepEqual(complain({ a: "killed" }, ["a"]), ["waiver of a mutant that does not survive: a"]);
  assert.deepEqual(complain({ a: "equal" }, ["a"], ["b"]), ["waiver of a mutant that does not survive: a"]);
  assert.deepEqual(complain({ a: "killed" }, ["b"]), ["waiver of a mutant that does not exist: b"]);
  assert.deepEqual(complain({ a: "killed" }, ["b"], ["b"]), []);
});

test("fewer than 95 % killed of all mutants is a complaint, though each survivor has a waiver", () => {
  const outcomes = (survivors: number) =>
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`m${at}`, at < survivors ? "survived" : "killed"]));
  assert.deepEqual(complain(outcomes(1) as Record<string, "killed">, ["m0"]), []);
  assert.equal(complain(outcomes(2) as Record<string, "killed">, ["m0", "m1"]).length, 1);
});

test("a survivor is shown with its place, the lines that differ and its waiver", () => {
  const [shown] = survivors(
    judged({ two: "survived" }),
    [{ mutant: "two", why: WHY }],
    new Map([["contracts/C.sol", "one\n2\nthree"]]),
  );
  assert.deepEqual(shown?.split("\n  "), ["contracts/C.sol:2 literal", "- 2", "+ two", WHY, "two"]);
});

test("an interrupted run keeps its results; a kill depends on its test, a survival on all tests", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mapae-mutants-"));
  try {
    const path = join(folder, "deep", "results.jsonl");
    const basis = (tests: Record<string, string>) => ({
      shared: "s",
      of: (test: string) => tests[test],
      all: JSON.stringify(tests),
    });
    const before = await openResults(path, basis({ one: "1", two: "2" }));
    await before.add("killed by one", { outcome: "killed", by: "a fact", file: "one" });
    await before.add("killed by two", { outcome: "killed", by: "a fact", file: "two" });
    await before.add("survivor", { outcome: "survived", passed: 9 });
    await before.add("same code", { outcome: "equal" });
    await appendFile(path, '{"key":"cut o');

    const again = await openResults(path, basis({ one: "1", two: "2" }));
    assert.deepEqual([...again.of.keys()], ["killed by one", "killed by two", "survivor", "same code"]);
    const after = await openResults(path, basis({ one: "1", two: "changed" }));
    assert.deepEqual([...after.of.keys()], ["killed by one", "same code"]);
    assert.equal((await readFile(path, "utf8")).trim().split("\n").length, 2);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a file without valid results is refused, not taken for an empty one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mapae-mutants-"));
  try {
    const path = join(folder, "results.jsonl");
    await writeFile(path, '{"key":"a","outcome":"maybe","basis":""}\n');
    await assert.rejects(openResults(path, { shared: "", of: () => undefined, all: "" }));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a mutant runs the tests of its contract first, and those of other contracts last", () => {
  const tests = ["context", "heads", "ownership", "status-lists", "trust-grants"].map(
    (name) => `test/contracts/${name}.test.ts`,
  );
  const order = (contract: string) =>
    ordered(tests, contract).map((path) => path.slice("test/contracts/".length, -".test.ts".length));
  assert.deepEqual(order("contracts/TrustRegistry.sol"), [
    "trust-grants",
    "context",
    "ownership",
    "heads",
    "status-lists",
  ]);
  assert.deepEqual(order("contracts/DidRegistry.sol").slice(0, 2), ["context", "ownership"]);
});
