import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import fc from "fast-check";
import { verifyMlDsa } from "../../../resolver/crypto/ml-dsa.ts";
import { isSignedBy } from "../../../resolver/crypto/signature.ts";
import type { MlDsa, PublicJwk } from "../../../resolver/did/key.ts";
import { runs } from "../../helpers/property.ts";

type MlDsaJwk = Extract<PublicJwk, { kty: "AKP" }>;

/** A key of OpenSSL, and what it signs. */
function pairOf(alg: MlDsa) {
  const { privateKey, publicKey } = generateKeyPairSync(alg.toLowerCase() as Lowercase<MlDsa>);
  return {
    jwk: publicKey.export({ format: "jwk" }) as unknown as MlDsaJwk,
    sign: (data: Uint8Array) => sign(null, data, privateKey),
  };
}

for (const alg of ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] as const) {
  const pair = pairOf(alg);
  const other = pairOf(alg);

  test(`WebCrypto and the library agree on signatures of ${alg} that OpenSSL made, as they are and altered`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (data, at, by) => {
          const signature = pair.sign(data);
          const altered = Buffer.from(signature);
          altered[at % altered.length] = (altered[at % altered.length] ?? 0) ^ by;
          for (const [jwk, one, wanted] of [
            [pair.jwk, signature, true],
            [other.jwk, signature, false],
            [pair.jwk, altered, false],
            [pair.jwk, signature.subarray(1), false],
            [pair.jwk, Buffer.concat([signature, Buffer.of(0)]), false],
            [pair.jwk, Buffer.alloc(0), false],
          ] as const) {
            assert.equal(await isSignedBy(jwk, alg, { signature: one, data }), wanted);
            assert.equal(verifyMlDsa(jwk, { signature: one, data }), wanted);
          }
        },
      ),
      runs(10),
    );
  });
}

test("a platform without ML-DSA verifies by the library", async (t) => {
  const { jwk, sign } = pairOf("ML-DSA-65");
  const data = Buffer.from("a list");
  const importKey = t.mock.method(crypto.subtle, "importKey", async () => {
    throw new DOMException("Unrecognized name", "NotSupportedError");
  });
  assert.equal(await isSignedBy(jwk, "ML-DSA-65", { signature: sign(data), data }), true);
  assert.equal(await isSignedBy(jwk, "ML-DSA-65", { signature: sign(data), data: Buffer.from("another") }), false);
  assert.equal(importKey.mock.callCount(), 2);
});

test("a signature that the library makes verifies by WebCrypto", async () => {
  const { publicKey, secretKey } = ml_dsa44.keygen();
  const jwk = { kty: "AKP", alg: "ML-DSA-44", pub: Buffer.from(publicKey).toString("base64url") } as const;
  const data = Buffer.from("a credential");
  assert(await isSignedBy(jwk, "ML-DSA-44", { signature: ml_dsa44.sign(data, secretKey), data }));
});
