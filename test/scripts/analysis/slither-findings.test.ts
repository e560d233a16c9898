import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, slitherReport } from "../../../scripts/analysis/slither-findings.ts";

const WHY = "A sentence that says why this is no fault.";
const WAIVER = { check: "incorrect-equality", element: "Heads._advance(uint256)", why: WHY };

function report(impact: string, { check = "incorrect-equality", signature = "_advance(uint256)" } = {}) {
  const element = { name: "_advance", type_specific_fields: { parent: { name: "Heads" }, signature } };
  return slitherReport.parse({
    success: true,
    results: { detectors: [{ check, impact, description: "what was found\n", elements: [element] }] },
  });
}

test("a high or medium finding without a waiver is a complaint, a low one is not", () => {
  assert.deepEqual(complaints(report("High"), []), ["High incorrect-equality: what was found"]);
  assert.deepEqual(complaints(report("Medium"), []), ["Medium incorrect-equality: what was found"]);
  assert.deepEqual(complaints(report("Low"), []), []);
});

test("a waiver hides one check on one element", () => {
  assert.deepEqual(complaints(report("High"), [WAIVER]), []);
  assert.equal(complaints(report("High", { check: "reentrancy-eth" }), [WAIVER]).length, 2);
  assert.equal(complaints(report("High", { signature: "_advance(bytes32)" }), [WAIVER]).length, 2);
});

test("a waiver without a finding is a complaint", () => {
  const nothing = slitherReport.parse({ success: true, results: {} });
  assert.deepEqual(complaints(nothing, [WAIVER]), [
    "waiver of incorrect-equality on Heads._advance(uint256): Slither does not find it any more",
  ]);
});

test("the report of a failed run is refused, not taken for one without findings", () => {
  assert.throws(() => slitherReport.parse({ success: false, error: "no compiler", results: {} }));
});
