import assert from "node:assert/strict";
import { test } from "node:test";
import { base64urlnopad } from "@scure/base";
import fc from "fast-check";
import { base64url } from "../../../resolver/primitives/base64url.ts";
import { runs } from "../../helpers/property.ts";

test("bytes are encoded and decoded as by another library", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = base64urlnopad.encode(bytes);
      assert.equal(base64url.encode(bytes), text);
      assert.deepEqual(Buffer.from(base64url.decode(text)), Buffer.from(bytes));
    }),
    runs(200),
  );
});

test("padding, other alphabets, white space and impossible lengths are refused", () => {
  for (const text of ["AA==", "A+", "A/", "A A", "A\n", "A", "AAAAA", "é"]) {
    assert.throws(() => base64url.decode(text), TypeError, text);
  }
});
