import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import fc from "fast-check";
import { decodeBase58, encodeBase58 } from "../../../resolver/crypto/base58.ts";
import { runs } from "../../helpers/property.ts";

test("bytes are encoded and decoded as by another library, leading zeros too", () => {
  const bytes = fc
    .tuple(fc.nat(3), fc.uint8Array())
    .map(([zeros, rest]) => Uint8Array.from([...Array(zeros).fill(0), ...rest]));
  fc.assert(
    fc.property(bytes, (bytes) => {
      const text = base58.encode(bytes);
      assert.equal(encodeBase58(bytes), text);
      assert.deepEqual(decodeBase58(text), bytes);
    }),
    runs(200),
  );
});

test("letters that base58 leaves out, and texts that are too long, are refused", () => {
  for (const text of ["0", "O", "I", "l", "+", " 1", "é", "2".repeat(10_001)])
    assert.throws(() => decodeBase58(text), TypeError);
});
