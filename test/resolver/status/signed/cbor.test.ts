import assert from "node:assert/strict";
import { test } from "node:test";
import { Decoder, Encoder } from "cbor-x";
import fc from "fast-check";
import { CborTag, decodeCbor, encodeCbor } from "../../../../resolver/status/signed/cbor.ts";
import { runs } from "../../../helpers/property.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");

/** Another library's: maps stay maps. */
const theirs = {
  encode: new Encoder({ mapsAsObjects: false, useRecords: false }),
  decode: new Decoder({ mapsAsObjects: false, useRecords: false }),
};

const key = fc.oneof(fc.maxSafeInteger(), fc.string({ unit: "grapheme" }));
const { value: anyValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.maxSafeInteger(),
    fc.string({ unit: "grapheme" }),
    fc.uint8Array({ maxLength: 300 }).map((one) => new Uint8Array(one)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((pairs) => new Map(pairs)),
  ),
}));

/** The same with byte arrays of one class, which is all that `cbor-x` makes, and with one zero: it writes -0 as the integer. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([one, other]) => [plain(one), plain(other)]).sort();
  if (value === 0) return 0;
  return typeof value === "bigint" ? Number(value) : value;
}

test("what is encoded is decoded the same, here and by cbor-x", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      const encoded = encodeCbor(value);
      assert.deepEqual(plain(decodeCbor(encoded)), plain(value));
      assert.deepEqual(plain(theirs.decode.decode(encoded)), plain(value));
    }),
    runs(300),
  );
});

test("what cbor-x encodes is decoded", () => {
  const withFloats = fc.oneof(anyValue, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(withFloats, { maxLength: 4 }), (values) => {
      const asBuffers = structuredClone(values, {});
      assert.deepEqual(plain(decodeCbor(theirs.encode.encode(bufferred(asBuffers)))), plain(values));
    }),
    runs(200),
  );
});

/** `cbor-x` tags a `Uint8Array` as a typed array, and writes a `Buffer` as plain bytes. */
function bufferred(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(bufferred);
  if (value instanceof Map) return new Map([...value].map(([one, other]) => [one, bufferred(other)]));
  return value;
}

// RFC 8949, appendix A.
for (const [text, value] of [
  ["00", 0],
  ["17", 23],
  ["1818", 24],
  ["1a000f4240", 1_000_000],
  ["1b000000e8d4a51000", 1_000_000_000_000],
  ["20", -1],
  ["3903e7", -1_000],
  ["f93e00", 1.5],
  ["f90001", 2 ** -24],
  ["f97c00", Number.POSITIVE_INFINITY],
  ["fa47c35000", 100_000],
  ["fb3ff199999999999a", 1.1],
  ["f4", false],
  ["f5", true],
  ["f6", null],
  ["f7", undefined],
  ["5f42010243030405ff", bytes("0102030405")],
  ["7f657374726561646d696e67ff", "streaming"],
  ["9f018202039f0405ffff", [1, [2, 3], [4, 5]]],
  [
    "bf61610161629f0203ffff",
    new Map<string, unknown>([
      ["a", 1],
      ["b", [2, 3]],
    ]),
  ],
  ["c11a514b67b0", new CborTag(1, 1_363_896_240)],
] as const) {
  test(`${text} is decoded as RFC 8949 says`, () => {
    assert.deepEqual(decodeCbor(bytes(text)), value);
  });
}

for (const [text, why] of [
  ["", /too early/],
  ["0000", /1 bytes are left/],
  ["ff", /did not begin/],
  ["81ff", /did not begin/],
  ["1c", /reserved/],
  ["1f", /reserved/],
  ["1bffffffffffffffff", /beyond 2\^53/],
  ["5bffffffffffffffff", /beyond 2\^53/],
  ["5a7fffffff00", /too early/],
  ["9b001fffffffffffff", /too early/],
  ["bb000fffffffffffff", /too early/],
  ["a2616101616102", /occurs twice/],
  ["bf6161ff", /has no value/],
  ["5f6161ff", /another type/],
  ["61ff", /./],
  ["f8ff", /simple value/],
  ["81".repeat(17), /Nested/],
] as const) {
  test(`${text.slice(0, 30) || "nothing"} is refused`, () => {
    assert.throws(() => decodeCbor(bytes(text)), { name: "TypeError", message: why });
  });
}

test("a map is encoded in the order of its keys' bytes, and an object as a map", () => {
  const map = new Map<unknown, unknown>([
    ["bits", 2],
    [10, 0],
    [-1, 0],
    ["lst", 1],
  ]);
  assert.equal(hex(encodeCbor(map)), "a40a002000636c73740164626974730" + "2");
  assert.deepEqual(
    encodeCbor({ b: 1, a: [2] }),
    encodeCbor(
      new Map<string, unknown>([
        ["a", [2]],
        ["b", 1],
      ]),
    ),
  );
  assert.throws(() => encodeCbor(1.5), TypeError);
  assert.throws(() => encodeCbor(undefined), TypeError);
});
