import assert from "node:assert/strict";
import { test } from "node:test";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { EndpointError, readEndpoint } from "../../../resolver/did/attribute.ts";
import { IJsonError, MAX_JSON_DEPTH, parseIJson } from "../../../resolver/did/i-json.ts";
import { runs } from "../../helpers/property.ts";

const refuses = (text: string, what: RegExp) =>
  assert.throws(
    () => parseIJson(text),
    (error) => error instanceof IJsonError && what.test(error.message),
    text.slice(0, 100),
  );

test("a number that a double does not give back is refused, and one that it does is read, however it is written", () => {
  for (const number of [
    "12345678901234567890",
    "9007199254740993",
    "-9007199254740993",
    "1e400",
    "-1e400",
    "1e-400",
    "0.1000000000000000055511151231257827",
    "3.141592653589793238",
    "2.00000000000000000001",
  ]) {
    refuses(`{"n":${number}}`, /number/);
    refuses(`[{"n":[${number}]}]`, /number/);
  }
  for (const number of [
    "0",
    "-0",
    "0.0e9",
    "1",
    "1.0",
    "100e-2",
    "0.1",
    "1E2",
    "1e+2",
    "1e300",
    "5e-324",
    "9007199254740991",
  ]) {
    assert.deepEqual(parseIJson(`[${number}]`), [Number(number)], number);
  }
  refuses(`[1${"0".repeat(400)}]`, /number/);
  assert.deepEqual(parseIJson(`[0.${"0".repeat(300)}1]`), [1e-301]);
});

test("a name that occurs twice in one object is refused, however it is spelled, and may stand in two", () => {
  refuses('{"a":1,"a":1}', /"a" twice/);
  refuses('{"a":1,"\\u0061":2}', /"a" twice/);
  refuses('{"x":[{"a":{},"b":[{"a":1}],"a":2}]}', /"a" twice/);
  refuses('{"__proto__":1,"__proto__":2}', /twice/);
  assert.deepEqual(parseIJson('{"a":{"a":["a","a"]},"b":"a"}'), { a: { a: ["a", "a"] }, b: "a" });
  assert.deepEqual(parseIJson('{"a" : ":" , "b":"\\":"}'), { a: ":", b: '":' });
});

test("lone surrogates and noncharacters are refused in names and values; characters beyond the first plane are not", () => {
  for (const text of ["\\ud800", "\\udfff", "\\ud800a", "\\ufdd0", "\\uffff", "\\ud83f\\udffe", "\u{1fffe}"]) {
    refuses(`["${text}"]`, /surrogate or a noncharacter/);
    refuses(`{"${text}":1}`, /surrogate or a noncharacter/);
  }
  assert.deepEqual(parseIJson('["\\ud83d\\ude00","마패","\\u0000"]'), ["😀", "마패", "\0"]);
});

test("names that some readers would put in front are refused", () => {
  refuses('{"b":1,"1":2}', /the number 1 as a name/);
  refuses('{"4294967296":2}', /as a name/);
  assert.deepEqual(parseIJson('{"b":1,"01":2,"-1":3,"1.5":4}'), { b: 1, "01": 2, "-1": 3, "1.5": 4 });
});

test("nesting is bounded, by objects as by arrays", () => {
  const nested = (depth: number, open: string, close: string) => open.repeat(depth) + close.repeat(depth);
  assert.ok(parseIJson(nested(MAX_JSON_DEPTH, "[", "]")));
  refuses(nested(MAX_JSON_DEPTH + 1, "[", "]"), /16 deep/);
  refuses(nested(2_040, "[", "]"), /16 deep/);
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  assert.ok(parseIJson(objects(MAX_JSON_DEPTH)));
  refuses(objects(MAX_JSON_DEPTH + 1), /16 deep/);
  // Brackets in a text are no nesting.
  assert.deepEqual(parseIJson(`["${"[".repeat(100)}"]`), ["[".repeat(100)]);
});

test("what is no JSON is refused", () => {
  for (const text of ["", "{", "{a:1}", "[1,]", "\ufeff{}", "NaN", "01", "+1", "'a'", "{}{}", '["\t"]'])
    refuses(text, /no JSON/);
});

test("what is read, written by RFC 8785, is read as the same again", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      let value: unknown;
      try {
        value = parseIJson(text);
      } catch (error) {
        assert.ok(error instanceof IJsonError);
        return;
      }
      const written = canonicalize(value) ?? assert.fail();
      assert.deepEqual(parseIJson(written), JSON.parse(written));
      assert.equal(canonicalize(parseIJson(written)), written);
    }),
    runs(2_000),
  );
});

test("an endpoint of JSON that is no I-JSON is no endpoint, and the reason is said", () => {
  for (const text of [
    '{"id":12345678901234567890}',
    '{"limit":1e400}',
    '{"a":1,"a":2}',
    '{"a":"\\ud800"}',
    "[".repeat(2_040),
  ]) {
    assert.throws(
      () => readEndpoint(text),
      (error) => error instanceof EndpointError,
      text.slice(0, 50),
    );
  }
  assert.throws(() => readEndpoint('{"limit":1e400}'), { code: "INVALID_ENDPOINT", message: /1e400.*Infinity/ });
  assert.deepEqual(readEndpoint('{"id":1,"uri":"https://x.example"}'), { id: 1, uri: "https://x.example" });
});
