import assert from "node:assert/strict";
import { test } from "node:test";
import { CoverageError, complaints } from "../../scripts/ci/check-coverage.ts";

const REPORT = `TN:
SF:contracts/Whole.sol
DA:3,1
DA:4,2
LH:2
LF:2
end_of_record
SF:contracts/Holed.sol
DA:7,1
DA:8,0
DA:12,0
LH:1
LF:3
end_of_record
SF:contracts/Empty.sol
LH:0
LF:0
end_of_record
`;

test("a contract whose lines all ran is fine", () => {
  assert.deepEqual(complaints(REPORT, ["contracts/Whole.sol"]), []);
});

test("a contract with lines that never ran is named with them", () => {
  assert.deepEqual(complaints(REPORT, ["contracts/Whole.sol", "contracts/Holed.sol"]), [
    "contracts/Holed.sol: 33.33 % of lines, never run: 8, 12",
  ]);
});

test("a contract that the report does not speak of is named", () => {
  assert.deepEqual(complaints(REPORT, ["contracts/Empty.sol", "contracts/Forgotten.sol"]), [
    "contracts/Empty.sol: not in the report",
    "contracts/Forgotten.sol: not in the report",
  ]);
});

test("a report that cannot be read is an error, not full coverage", () => {
  for (const broken of ["SF:a.sol\nDA:x,1\n", "DA:1,1\n", "SF:a.sol\nDA:1\n"]) {
    assert.throws(() => complaints(broken, []), CoverageError);
  }
});
