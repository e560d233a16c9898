import assert from "node:assert/strict";
import { test } from "node:test";
import { CompactEncrypt, compactVerify, importJWK } from "jose";
import { newKey, openKey, type PrivateJwk, sealKey, signerOf } from "../../../node/issuing/key-file.ts";
import { makeJws } from "../../../node/lists/make-token.ts";

const ISSUER = `did:mapae:local:0x${"a1".repeat(20)}`;
const PASSWORD = "correct horse battery";

/** An encrypted JWK as another program may write it, with few rounds. */
function sealed(content: unknown, { alg = "PBES2-HS512+A256KW", p2c = 1_000 } = {}): Promise<string> {
  return new CompactEncrypt(Buffer.from(typeof content === "string" ? content : JSON.stringify(content)))
    .setProtectedHeader({ alg, enc: "A256GCM" })
    .setKeyManagementParameters({ p2c })
    .encrypt(Buffer.from(PASSWORD));
}

const ALGORITHMS = ["ES256", "EdDSA", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"] as const;
const secretOf = (key: PrivateJwk) => (key.kty === "AKP" ? key.priv : key.d);

for (const algorithm of ALGORITHMS) {
  test(`a key file opens with its password, and jose verifies what its key signs with ${algorithm}`, async () => {
    const key = newKey(ISSUER, algorithm);
    const file = await sealKey(key, PASSWORD);
    assert(!file.includes(secretOf(key)) && !Buffer.from(file, "base64url").toString("latin1").includes(secretOf(key)));
    const signer = await openKey(`${file}\n`, PASSWORD);
    assert.deepEqual([signer.issuer, signer.algorithm], [ISSUER, algorithm]);
    assert.equal(signer.keyId, signerOf(key).keyId);
    assert(!("d" in signer.jwk) && !("priv" in signer.jwk));
    const token = await makeJws("test", { a: 1 }, signer);
    const { protectedHeader } = await compactVerify(token, await importJWK({ ...signer.jwk }, algorithm));
    assert.deepEqual(protectedHeader, { alg: algorithm, typ: "test", kid: signer.keyId });
    await assert.rejects(openKey(file, "another password"), { code: "KEY_FILE_PASSWORD" });
  });
}

test("what is no key file, or asks for too many rounds, is refused without showing what is inside", async () => {
  const key = newKey(ISSUER, "ES256");
  const other = newKey(ISSUER, "ES256");
  const wrong: unknown[] = [
    "no JSON",
    { ...key, issuer: "did:web:example.org" },
    { ...key, d: undefined },
    { ...key, crv: "P-384" },
    { ...key, x: other.x, y: (other as { y?: string }).y },
    { kty: "oct", k: "c2VjcmV0" },
  ];
  const files = [
    "",
    "a.b.c.d.e",
    JSON.stringify(key),
    ...(await Promise.all(wrong.map((one) => sealed(one)))),
    await sealed(key, { alg: "PBES2-HS256+A128KW" }),
    (await sealed(key)).replace(/^[^.]+/, () =>
      Buffer.from(
        JSON.stringify({ alg: "PBES2-HS512+A256KW", enc: "A256GCM", p2c: 2_000_001, p2s: "c2FsdHNhbHQ" }),
      ).toString("base64url"),
    ),
  ];
  for (const file of files) {
    await assert.rejects(openKey(file, PASSWORD), (error: Error & { code?: string }) => {
      assert.equal(error.code, "KEY_FILE_MALFORMED", file.slice(0, 60));
      assert(!`${error.message} ${error.cause}`.includes(key.d));
      return true;
    });
  }
});

test("a private half that belongs to another public half is refused", () => {
  for (const algorithm of ALGORITHMS) {
    const key = newKey(ISSUER, algorithm);
    const secret = secretOf(newKey(ISSUER, algorithm));
    const mixed = { ...key, ...(key.kty === "AKP" ? { priv: secret } : { d: secret }) } as PrivateJwk;
    assert.throws(() => signerOf(mixed), { code: "KEY_FILE_MALFORMED" });
  }
});
