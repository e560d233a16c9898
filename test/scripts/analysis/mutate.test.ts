import assert from "node:assert/strict";
import { test } from "node:test";
import solc from "solc";
import { type Mutant, mutate, sample } from "../../../scripts/analysis/mutants/mutate.ts";

/** Mutants of a contract `C` with this body. The comment before the contract has characters of several bytes. */
function mutantsOf(body: string): Mutant[] {
  const source = `// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.24;\n// 마패\ncontract C {\n${body}\n}\n`;
  const settings = { outputSelection: { "*": { "": ["ast"] } } };
  const output = JSON.parse(
    solc.compile(JSON.stringify({ language: "Solidity", sources: { "C.sol": { content: source } }, settings })),
  );
  assert(
    !output.errors?.some(({ severity }: { severity: string }) => severity === "error"),
    JSON.stringify(output.errors),
  );
  return mutate("C.sol", source, output.sources["C.sol"].ast);
}

function keysOf(body: string): string[] {
  return mutantsOf(body).map(({ operator, key }) => `${operator} ${key.replace(/^C\.f: /, "")}`);
}

test("a condition becomes true and false, and its comparison becomes those that subsume all others", () => {
  const keys = keysOf("function f(uint256 a) external pure { if (a < 7) revert(); }");
  assert.deepEqual(keys, [
    "condition a < 7 -> true",
    "condition a < 7 -> false",
    "comparison a < 7 -> a <= 7",
    "comparison a < 7 -> a != 7",
    "literal 7 -> 8",
    "literal 7 -> 6",
    "deletion revert(); -> nothing",
  ]);
});

test("a comparison of unsigned numbers with 0 becomes only the constants", () => {
  const keys = keysOf("function f(address a) external pure { if (a == address(0) && true) revert(); }");
  assert.deepEqual(
    keys.filter((key) => key.includes("a == address(0) ->")),
    ["condition a == address(0) -> true", "comparison a == address(0) -> false"],
  );
});

test("an operand of || or && becomes the constant that lets the other one decide, and the operators replace each other", () => {
  const keys = keysOf("function f(bool a, bool b, bool c) external pure returns (bool) { return a && (b || !c); }");
  assert.deepEqual(keys, [
    "condition a && (b || !c) -> true",
    "condition a && (b || !c) -> false",
    "logic a && (b || !c) -> a || (b || !c)",
    "condition a -> true",
    "condition (b || !c) -> true",
    "logic b || !c -> b && !c",
    "condition b -> false",
    "condition !c -> false",
    "logic !c -> c",
  ]);
});

test("arguments of one type are swapped, and each is replaced by its zero value", () => {
  const keys = keysOf(
    "event E(address a, uint256 n, address b);\nfunction f(address a, address b) external { emit E(a, 1, b); }",
  );
  assert.deepEqual(keys, [
    "deletion emit E(a, 1, b); -> nothing",
    "argument a -> address(0)",
    "argument b -> address(0)",
    "swap a, 1, b -> b, 1, a",
    "literal 1 -> 2",
    "literal 1 -> 0",
  ]);
});

test("a modifier, an assignment, a call and a return are deleted, with their semicolon", () => {
  const deleted = mutantsOf(
    "uint256 x; modifier m() { _; } function g() private {} function f(uint256 a) external m returns (uint256) { x = a; g(); return x; }",
  ).filter(({ operator }) => operator === "deletion");
  assert.deepEqual(
    new Map(deleted.map(({ key, source }) => [key, source.split("\n")[4]?.split("f(uint256 a) ")[1]])),
    new Map([
      ["C.f: x = a; -> nothing", "external m returns (uint256) { {} g(); return x; }"],
      ["C.f: g(); -> nothing", "external m returns (uint256) { x = a; {} return x; }"],
      ["C.f: return x; -> nothing", "external m returns (uint256) { x = a; g(); {} }"],
      ["C.f: m -> nothing", "external  returns (uint256) { x = a; g(); return x; }"],
    ]),
  );
});

test("numbers, masks and steps change by one; a hexadecimal number keeps its width", () => {
  const keys = keysOf(
    "uint256 x; function f(bytes1 b, uint256 a) external { if (b < 0x09) x |= ~a; for (uint256 i = 0; i < 1 days; ++i) x = a + (a << 2); }",
  );
  for (const wanted of [
    "literal 0x09 -> 0x0a",
    "literal 0x09 -> 0x08",
    "bits x |= ~a -> x = ~a",
    "bits ~a -> a",
    "literal 1 days -> 2 days",
    "arithmetic ++i -> --i",
    "arithmetic a + (a << 2) -> a - (a << 2)",
    "bits a << 2 -> a >> 2",
  ]) {
    assert(keys.includes(wanted), wanted);
  }
});

test("a change that occurs twice in a function is numbered, and keys do not depend on the position in the file", () => {
  const once = mutantsOf("function f(uint256 a) external pure returns (uint256) { return a + 1 + 1; }");
  const moved = mutantsOf("\n\n function  f(uint256 a) external pure returns (uint256) { return  a + 1 + 1; }");
  const keys = once.map(({ key }) => key);
  assert.deepEqual(keys.slice(-2), ["C.f: 1 -> 2 (2)", "C.f: 1 -> 0 (2)"]);
  assert.deepEqual(new Set(moved.map(({ key }) => key)), new Set(keys));
  assert.deepEqual([once.at(-1)?.line, moved.at(-1)?.line], [5, 7]);
});

test("each mutant has exactly one change of the source", () => {
  const mutants = mutantsOf(
    "uint256 x; function f(uint256 a) external { if (a != 3 && x > 2) x = a * 5; else x = 4; }",
  );
  assert.equal(new Set(mutants.map(({ source }) => source)).size, mutants.length);
  assert.equal(new Set(mutants.map(({ key }) => key)).size, mutants.length);
  assert(mutants.every(({ source }) => source.startsWith("// SPDX") && source.includes("// 마패\ncontract C {\n")));
});

test("a sample is chosen by its seed alone", () => {
  const mutants = mutantsOf("function f(uint256 a) external pure returns (uint256) { return a * 3 + a * 5 + a * 7; }");
  assert.deepEqual(sample(mutants, 4, 1), sample([...mutants].reverse(), 4, 1));
  assert.notDeepEqual(sample(mutants, 4, 1), sample(mutants, 4, 2));
  assert.equal(sample(mutants, 1_000, 1).length, mutants.length);
});
