import assert from "node:assert/strict";
import { createECDH, createPrivateKey, createPublicKey, ECDH, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { calculateJwkThumbprint } from "jose";
import { uncompress, uncompressInJavaScript } from "../../../resolver/crypto/uncompress.ts";
import {
  KEY_ALGORITHMS,
  type KeyAlgorithm,
  ML_DSA_KEY_BYTES,
  type MlDsa,
  type PublicJwk,
  publicJwk,
  thumbprint,
} from "../../../resolver/did/key.ts";
import { ALGORITHMS, NO_KEYS } from "../../helpers/keys.ts";
import { runs } from "../../helpers/property.ts";

// OpenSSL, through node:crypto, is the second opinion here.
const EC = { P256: ["prime256v1", "P-256"], Secp256k1: ["secp256k1", "secp256k1"] } as const;

/** PKCS #8 before the 32 bytes of a private key (RFC 8410, section 7); the byte at 11 tells the curve. */
const PKCS8 = { Ed25519: "302e020100300506032b657004220420", X25519: "302e020100300506032b656e04220420" } as const;

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0));

for (const [algorithm, [curve, crv]] of Object.entries(EC)) {
  const name = algorithm as keyof typeof EC;

  test(`the JWK of a compressed ${crv} point is OpenSSL's`, () => {
    fc.assert(
      fc.property(secret, (secret) => {
        // Below the order of both curves.
        secret[0] = 0x7f;
        const ecdh = createECDH(curve);
        ecdh.setPrivateKey(secret);
        const point = ecdh.getPublicKey();
        const jwk = publicJwk(name, ecdh.getPublicKey(null, "compressed"));
        const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((one) => one.toString("base64url"));
        assert.deepEqual(jwk, { kty: "EC", crv, x, y });
      }),
      runs(50),
    );
  });

  test(`bytes are a ${crv} key if and only if OpenSSL finds a point there`, () => {
    const bytes = fc.oneof(
      fc
        .uint8Array({ minLength: 33, maxLength: 33 })
        .map((bytes) => Uint8Array.of(2 + ((bytes[0] ?? 0) & 1), ...bytes.subarray(1))),
      fc.uint8Array({ minLength: 33, maxLength: 33 }),
    );
    let points = 0;
    fc.assert(
      fc.property(bytes, (bytes) => {
        const isPoint = publicJwk(name, bytes) !== undefined;
        assert.equal(isPoint, isPointToOpenSsl(bytes, curve));
        const inJavaScript = pointOf(() => uncompressInJavaScript(crv, bytes));
        assert.deepEqual(
          pointOf(() => uncompress(crv, bytes)),
          inJavaScript,
        );
        assert.equal(inJavaScript !== undefined, isPoint);
        if (isPoint) points++;
      }),
      runs(200),
    );
    assert(points > 10, `only ${points} points`);
  });
}

function isPointToOpenSsl(bytes: Uint8Array, curve: string): boolean {
  try {
    ECDH.convertKey(bytes, curve);
    return true;
  } catch {
    return false; // no point
  }
}

function pointOf(find: () => Uint8Array): string | undefined {
  try {
    return Buffer.from(find()).toString("hex");
  } catch {
    return undefined; // no point
  }
}

for (const [algorithm, prefix] of Object.entries(PKCS8)) {
  test(`the JWK of a raw ${algorithm} key is OpenSSL's`, () => {
    fc.assert(
      fc.property(secret, (secret) => {
        const key = Buffer.concat([Buffer.from(prefix, "hex"), secret]);
        const jwk = createPublicKey(createPrivateKey({ key, format: "der", type: "pkcs8" })).export({ format: "jwk" });
        const raw = Buffer.from(String(jwk.x), "base64url");
        assert.deepEqual(publicJwk(algorithm as keyof typeof PKCS8, raw), { kty: "OKP", crv: algorithm, x: jwk.x });
      }),
      runs(50),
    );
  });
}

for (const [algorithm, length] of Object.entries(ML_DSA_KEY_BYTES)) {
  test(`the JWK of a raw ${algorithm} key is OpenSSL's, and its thumbprint is jose's`, async () => {
    const name = algorithm as MlDsa;
    const attribute = name.replaceAll("-", "") as KeyAlgorithm;
    const { publicKey } = generateKeyPairSync(name.toLowerCase() as Lowercase<MlDsa>);
    const wanted = publicKey.export({ format: "jwk" }) as unknown as PublicJwk;
    assert(wanted.kty === "AKP");
    const raw = Buffer.from(wanted.pub, "base64url");
    const jwk = publicJwk(attribute, raw);
    assert(jwk);
    assert.deepEqual(jwk, wanted);
    assert.equal(thumbprint(jwk), await calculateJwkThumbprint({ ...jwk }));
    assert.equal(raw.length, length);
    assert.equal(publicJwk(attribute, raw.subarray(1)), undefined, "a byte less");
    assert.equal(publicJwk(attribute, Buffer.concat([raw, Buffer.of(0)])), undefined, "a byte more");
  });
}

test("values that are no key are none", () => {
  for (const algorithm of ALGORITHMS) {
    for (const value of NO_KEYS[algorithm]) {
      assert.equal(publicJwk(algorithm, Buffer.from(value.slice(2), "hex")), undefined, `${algorithm} ${value}`);
    }
  }
});

test("whatever the bytes, a JWK comes of them or nothing, and its thumbprint is jose's", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 70 }),
    fc.uint8Array({ minLength: 32, maxLength: 32 }),
    fc.uint8Array({ minLength: 33, maxLength: 33 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...KEY_ALGORITHMS), bytes, async (algorithm, bytes) => {
      const jwk = publicJwk(algorithm, bytes);
      if (jwk !== undefined) assert.equal(thumbprint(jwk), await calculateJwkThumbprint(jwk));
    }),
    runs(500),
  );
});
