import assert from "node:assert/strict";
import { test } from "node:test";
import { base64urlnopad } from "@scure/base";
import fc from "fast-check";
import { base64url, decodeInJavaScript, encodeInJavaScript } from "../../../resolver/primitives/base64url.ts";
import { runs } from "../../helpers/property.ts";

const DECODERS = [base64url.decode, decodeInJavaScript];

test("bytes are encoded and decoded as by another library, by the platform and without it", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = base64urlnopad.encode(bytes);
      for (const encode of [base64url.encode, encodeInJavaScript]) assert.equal(encode(bytes), text);
      for (const decode of DECODERS) assert.deepEqual(Buffer.from(decode(text)), Buffer.from(bytes));
    }),
    runs(200),
  );
});

test("padding, other alphabets, white space and impossible lengths are refused", () => {
  for (const text of ["AA==", "A+", "A/", "A A", "AAAA ", "A\n", "A", "AAAAA", "é"]) {
    for (const decode of DECODERS) assert.throws(() => decode(text), TypeError, text);
  }
});

test("whatever letters a text has, the platform refuses it, or reads the bytes, as JavaScript does", () => {
  const letter = fc.constantFrom(..."AZaz09-_", "A", "b", "8", "=", " ", "\n", "+", "/", "é");
  const outcome = (decode: (text: string) => Uint8Array, text: string) => {
    try {
      return Buffer.from(decode(text)).toString("hex");
    } catch (error) {
      assert.ok(error instanceof TypeError);
      return "refused";
    }
  };
  fc.assert(
    fc.property(fc.string({ unit: letter, maxLength: 12 }), (text) => {
      assert.equal(outcome(base64url.decode, text), outcome(decodeInJavaScript, text));
    }),
    runs(2_000),
  );
});
