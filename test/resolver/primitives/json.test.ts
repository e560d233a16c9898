import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { expectBounded, parseJson } from "../../../resolver/primitives/json.ts";

const parsed = (text: string) => parseJson(new TextEncoder().encode(text));

test("JSON without a name twice is read as JSON.parse reads it, whatever its strings contain", () => {
  const text = fc.json({ stringUnit: fc.constantFrom("[", "]", "{", "}", '"', "\\", ":", "a", "é"), maxDepth: 5 });
  fc.assert(fc.property(text, (one) => assert.deepEqual(parsed(one), JSON.parse(one))));
});

test("brackets count up to 64 deep, and those within strings do not", () => {
  const nested = (depth: number, value = "") => "[".repeat(depth) + value + "]".repeat(depth);
  assert.doesNotThrow(() => parsed(nested(64)));
  assert.throws(() => parsed(nested(65)), { name: "RangeError" });
  assert.equal(parsed(`"${"[".repeat(100)}"`), "[".repeat(100));
  assert.doesNotThrow(() => parsed(nested(64, JSON.stringify('\\"['.repeat(100)))));
  assert.doesNotThrow(() => parsed(`[${"[[]],".repeat(100)}[]]`));
});

test("too many brackets are refused before the text is parsed, also where it is no JSON", () => {
  assert.throws(() => parsed("[".repeat(1_000)), { name: "RangeError" });
  assert.throws(() => parsed(`[${"{},".repeat(1_000_000)}`), { name: "RangeError" });
  assert.doesNotThrow(() => parsed(`[${"{},".repeat(999_998)}{}]`));
  for (const text of ["", '"', '"\\', "]", "}", '{"a']) assert.doesNotThrow(() => expectBounded(text));
});
