import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseJson } from "../../../resolver/primitives/json.ts";

/** A character as its escapes in JSON. */
const escapedOf = (character: string) =>
  Array.from(character.split(""), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");

const parsed = (text: string) => parseJson(new TextEncoder().encode(text));

test("JSON without a name twice is read as JSON.parse reads it, whatever its strings contain", () => {
  const text = fc.json({ stringUnit: fc.constantFrom("[", "]", "{", "}", '"', "\\", ":", "a", "é"), maxDepth: 5 });
  fc.assert(fc.property(text, (one) => assert.deepEqual(parsed(one), JSON.parse(one))));
});

test("a name that occurs twice in one object is refused in whatever spelling, and may stand in two objects", () => {
  const member = fc.tuple(fc.string({ unit: "binary" }), fc.boolean()).map(([name, escaped]) => ({
    name,
    written: escaped ? `"${[...name].map(escapedOf).join("")}"` : JSON.stringify(name),
  }));
  const object = (members: readonly { written: string }[]) => `{${members.map(({ written }) => `${written}:[{}]`)}}`;
  fc.assert(
    fc.property(fc.array(member, { maxLength: 5 }), (members) => {
      const isUnique = new Set(members.map(({ name }) => name)).size === members.length;
      if (isUnique) assert.doesNotThrow(() => parsed(object(members)));
      else assert.throws(() => parsed(object(members)), { name: "SyntaxError", message: /twice in one object/ });
      assert.doesNotThrow(() => parsed(`[${members.map((one) => object([one]))}]`));
    }),
  );
  assert.throws(() => parsed('{"a":1,"\\u0061":2}'), /twice/);
  assert.throws(() => parsed('{"__proto__":1,"__proto__":2}'), /twice/);
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
  for (const text of ["", '"', '"\\', "]", "}", '{"a']) assert.throws(() => parsed(text), { name: "SyntaxError" });
});
