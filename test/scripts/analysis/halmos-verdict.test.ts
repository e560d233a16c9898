import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, halmosReport } from "../../../scripts/analysis/halmos-verdict.ts";

const CONTRACT = "project/contracts/test/symbolic/RelayChecks.sol:RelayChecks";
const SIGNATURE = "check_Replay(bytes32)";
const CHECKS = [{ contract: CONTRACT, signature: SIGNATURE }];

function report(exitcode: number, { loops = 0 as number | null, name = SIGNATURE, contract = CONTRACT } = {}) {
  return halmosReport.parse({
    exitcode,
    test_results: { [contract]: [{ name, exitcode, num_bounded_loops: loops, num_models: 0, models: [] }] },
  });
}

const PROVEN = report(0);
const WITNESS = report(1);
const complain = (proofs = PROVEN, witnesses = WITNESS) => complaints(CHECKS, proofs, witnesses);

test("a check that is proven and has a witness is no complaint", () => {
  assert.deepEqual(complain(), []);
});

test("a counterexample, a timeout, an unknown instruction, reverts only and an exception are complaints", () => {
  for (const [exitcode, why] of [
    [1, "there is a counterexample"],
    [2, "the solver ran out of time"],
    [3, "halmos met an instruction that it can't execute"],
    [4, "every path reverts, so nothing is proven"],
    [5, "halmos threw an exception"],
    [6, "halmos' exit code 6 is unknown"],
  ] as const) {
    assert.deepEqual(complain(report(exitcode)), [`RelayChecks.${SIGNATURE} is not proven: ${why}`]);
  }
});

test("a failed check without a count of its loops is one complaint", () => {
  assert.equal(complain(report(5, { loops: null })).length, 1);
});

test("a proof that cut off a loop is a complaint", () => {
  assert.deepEqual(complain(report(0, { loops: 1 })), [`RelayChecks.${SIGNATURE} is not proven: a loop was cut off`]);
});

test("a check that did not run is a complaint, by its name, its contract or an empty report", () => {
  const wanted = [`RelayChecks.${SIGNATURE} is not proven: halmos did not run it`];
  assert.deepEqual(complain(report(0, { name: "check_Other()" })), wanted);
  assert.deepEqual(complain(report(0, { contract: "project/contracts/test/Other.sol:RelayChecks" })), wanted);
  assert.deepEqual(complain(halmosReport.parse({ test_results: {} })), wanted);
  assert.deepEqual(complain(halmosReport.parse({ test_results: { [CONTRACT]: [] } })), wanted);
});

test("a check that is also proven when it claims something false has no witness", () => {
  const wanted = [`RelayChecks.${SIGNATURE} has no witness: proven`];
  assert.deepEqual(complain(PROVEN, report(0)), wanted);
});

test("a missing witness, or one that was not found in time, is a complaint", () => {
  assert.equal(complain(PROVEN, report(2)).length, 1);
  assert.equal(complain(PROVEN, report(4)).length, 1);
  assert.equal(complain(PROVEN, halmosReport.parse({ test_results: {} })).length, 1);
});

test("no check at all is a complaint", () => {
  assert.deepEqual(complaints([], PROVEN, WITNESS), ["there is no check"]);
});

test("a report without results is refused", () => {
  assert.throws(() => halmosReport.parse({ exitcode: 1 }));
  assert.throws(() => halmosReport.parse({ test_results: { [CONTRACT]: [{ name: SIGNATURE }] } }));
});
