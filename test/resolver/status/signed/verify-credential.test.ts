import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { base58 } from "@scure/base";
import { newKey, signerOf } from "../../../../node/issuing/key-file.ts";
import { makeStatusCredential } from "../../../../node/lists/make-credential.ts";
import type { DidDocument } from "../../../../resolver/did/did-document.ts";
import { listBytes } from "../../../../resolver/status/list-bytes.ts";
import { integrityData } from "../../../../resolver/status/signed/data-integrity.ts";
import { verifyStatusCredential } from "../../../../resolver/status/signed/verify-credential.ts";

const ISSUER = `did:mapae:local:0x${"a1".repeat(20)}`;
const [NOW, SIZE] = [1_750_000_000, 131_072];
const signer = signerOf(newKey(ISSUER, "EdDSA"));
const { keyId, jwk } = signer;
const method = { id: keyId, type: "JsonWebKey2020", controller: ISSUER, publicKeyJwk: jwk };
const document: DidDocument = { id: ISSUER, verificationMethod: [method], assertionMethod: [keyId] };
const uri = "https://status.example.gov/lists/0/revocation";
const expected = { uri, size: SIZE, now: NOW, document, purpose: "revocation" } as const;

/** A list's credential, whose proof has other options than it should and is signed with these. */
async function signedWith(changed: object, { proofValue }: { readonly proofValue?: string } = {}) {
  const asOf = { number: 42, hash: `0x${"ab".repeat(32)}` as const, time: NOW - 10, finalizedBlock: 42 };
  const compressed = gzipSync(listBytes("revocation", new Map(), SIZE));
  const text = await makeStatusCredential({ uri, asOf, purpose: "revocation", compressed, signer });
  const { proof, ...unsecured } = JSON.parse(String(text)) as { proof: object };
  const { proofValue: _, ...made } = proof as { proofValue: string };
  const options = { ...made, ...changed };
  const signature = await signer.sign(Buffer.from(await integrityData(unsecured, options)));
  const secured = { ...unsecured, proof: { ...options, proofValue: proofValue ?? `z${base58.encode(signature)}` } };
  return Buffer.from(JSON.stringify(secured));
}

test("a list's credential is verified only with a proof for assertions, of its key's suite and in its own context", async () => {
  assert.equal((await verifyStatusCredential(await signedWith({}), expected)).keyId, keyId);
  for (const changed of [
    { proofPurpose: "authentication" },
    { proofPurpose: undefined },
    { type: "Ed25519Signature2020" },
    { cryptosuite: "ecdsa-jcs-2022" },
    { "@context": ["https://www.w3.org/ns/credentials/v1"] },
  ]) {
    const bytes = await signedWith(changed);
    await assert.rejects(
      verifyStatusCredential(bytes, expected),
      { code: "STATUS_LIST_MALFORMED" },
      JSON.stringify(changed),
    );
  }
});

test("a proof that is no base58 in multibase, or longer than any signature, is malformed", async () => {
  for (const [proofValue, message] of [
    ["f00", /none of multibase base58/],
    ["z0OIl", /is no base58/],
    [`z${"1".repeat(100)}`, /none of multibase base58/],
  ] as const) {
    const bytes = await signedWith({}, { proofValue });
    await assert.rejects(verifyStatusCredential(bytes, expected), { code: "STATUS_LIST_MALFORMED", message });
  }
  const longest = await signedWith({}, { proofValue: `z${"1".repeat(99)}` });
  await assert.rejects(verifyStatusCredential(longest, expected), { code: "STATUS_LIST_SIGNATURE" });
});
