import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, getBytes, hexlify, id, keccak256 as oracle, toBeHex } from "ethers";
import fc from "fast-check";
import { type Hex, toBytes } from "../../../resolver/primitives/hex.ts";
import {
  keccak256,
  keccak256Bytes,
  keccak256InJavaScript,
  keccak256Text,
  type Part,
} from "../../../resolver/primitives/keccak.ts";
import { runs } from "../../helpers/property.ts";

/** Around the rate of the sponge, 136 bytes,. */
const EDGES = [0, 1, 135, 136, 137, 271, 272, 273, 16_383, 16_384, 16_385, 40_000];

const hex = (bytes: fc.Arbitrary<Uint8Array>) => bytes.map((one) => hexlify(one) as Hex);
const part: fc.Arbitrary<Part> = fc.oneof(
  { weight: 5, arbitrary: hex(fc.uint8Array({ maxLength: 300 })) },
  { weight: 5, arbitrary: fc.maxSafeNat() },
  { weight: 1, arbitrary: hex(fc.constantFrom(...EDGES).map((length) => new Uint8Array(length).fill(length))) },
);

test("parts hash as ethers hashes them one after the other, and so do texts", () => {
  const bytesOf = (one: Part) => (typeof one === "number" ? toBeHex(one, 32) : hexlify(one));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), fc.string({ unit: "binary" }), (parts, text) => {
      const wanted = oracle(concat(parts.map(bytesOf)));
      assert.equal(keccak256(...parts), wanted);
      assert.equal(keccak256Text(text), id(text));
    }),
    runs(1_000),
  );
});

test("hex digits give the bytes that ethers reads", () => {
  fc.assert(
    fc.property(hex(fc.uint8Array({ maxLength: 300 })), (digits) => {
      assert.deepEqual(toBytes(digits), getBytes(digits));
    }),
    runs(1_000),
  );
});

test("OpenSSL's hash, where there is one, and that in JavaScript are the same", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 600 }),
        fc.constantFrom(...EDGES).map((size) => new Uint8Array(size)),
      ),
      (bytes) => {
        assert.equal(keccak256InJavaScript(bytes), keccak256Bytes(bytes));
        assert.equal(keccak256InJavaScript(bytes), oracle(bytes));
      },
    ),
    runs(500),
  );
});
