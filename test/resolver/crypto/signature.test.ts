import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { isSignedBy, isSignedByWebCrypto } from "../../../resolver/crypto/signature.ts";
import type { PublicJwk } from "../../../resolver/did/key.ts";
import { runs } from "../../helpers/property.ts";

type CurveJwk = Exclude<PublicJwk, { kty: "AKP" }>;

const KEYS = {
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: generateKeyPairSync("ed25519"),
} as const;

for (const algorithm of ["ES256", "EdDSA"] as const) {
  const { privateKey, publicKey } = KEYS[algorithm];
  const jwk = publicKey.export({ format: "jwk" }) as CurveJwk;
  const signed = (data: Uint8Array) =>
    new Uint8Array(sign(algorithm === "ES256" ? "sha256" : null, data, { key: privateKey, dsaEncoding: "ieee-p1363" }));

  test(`${algorithm}: OpenSSL and WebCrypto take a signature, and refuse an altered, longer or shorter one alike`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.oneof(
          fc.constant(undefined),
          fc.record({ at: fc.nat(63), by: fc.integer({ min: 1, max: 255 }) }),
          fc.nat(130),
        ),
        async (data, change) => {
          let signature = signed(data);
          if (typeof change === "number") {
            const other = new Uint8Array(change);
            other.set(signature.subarray(0, change));
            signature = other;
          } else if (change !== undefined) signature[change.at] = (signature[change.at] ?? 0) ^ change.by;
          const answers = [
            await isSignedBy(jwk, algorithm, { signature, data }),
            await isSignedByWebCrypto(jwk, algorithm, { signature, data }),
          ];
          const isGood = change === undefined || change === 64;
          assert.deepEqual(answers, [isGood, isGood]);
        },
      ),
      runs(200),
    );
  });

  test(`${algorithm}: nothing is signed by coordinates that are no key, nor by a key of another algorithm`, async () => {
    const data = Uint8Array.of(1, 2, 3);
    const signature = signed(data);
    const wrong: CurveJwk[] = [
      { ...jwk, x: "A".repeat(43) },
      { ...jwk, x: "AA" },
      ...("y" in jwk ? [{ ...jwk, x: jwk.y }] : []),
    ];
    for (const key of wrong) {
      for (const isBy of [isSignedBy, isSignedByWebCrypto]) {
        assert.equal(await isBy(key, algorithm, { signature, data }), false, JSON.stringify(key));
      }
    }
  });
}
