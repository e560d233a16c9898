import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { sha256Base64url, sha256Base64urlInJavaScript } from "../../../resolver/primitives/sha256.ts";
import { runs } from "../../helpers/property.ts";

test("SHA-256 of a text is that of its UTF-8 bytes, by OpenSSL and in JavaScript", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const wanted = createHash("sha256").update(text, "utf8").digest("base64url");
      assert.equal(sha256Base64url(text), wanted);
      assert.equal(sha256Base64urlInJavaScript(text), wanted);
    }),
    runs(200),
  );
});
