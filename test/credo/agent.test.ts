import assert from "node:assert/strict";
import { createPublicKey, verify, type webcrypto } from "node:crypto";
import { after, test } from "node:test";
import { Resolver } from "did-resolver";
import { CompactSign, importJWK } from "jose";
import { newKey, type PrivateJwk, signerOf } from "../../node/issuing/key-file.ts";
import { getResolver } from "../../resolver/get-resolver.ts";
import { ChainSimulator } from "../helpers/chain-simulator.ts";
import { serveChain } from "../helpers/served-chain.ts";
import { DID, publish } from "../node/lists/served-node.ts";
import { type CredoResolution, type CredoResolver, loadCredo, verifyingAgent } from "./credo.ts";

// An agent of credo-ts that resolves from a Mapae node, set up like an application's. Its own signature backend for Node.js
// does not exist in this version, so Node.js itself verifies signatures.

const KEYS = { ES256: newKey(DID, "ES256"), EdDSA: newKey(DID, "EdDSA"), revoked: newKey(DID, "ES256") };
const idOf = (key: PrivateJwk) => signerOf(key).keyId;

const chain = new ChainSimulator();
chain.mine([publish(signerOf(KEYS.ES256)), publish(signerOf(KEYS.EdDSA)), publish(signerOf(KEYS.revoked))]);
chain.mine([publish(signerOf(KEYS.revoked), 0)]);
const node = await serveChain({ after }, chain);
const mapae = new Resolver(
  getResolver({
    networks: [{ descriptor: node.network, nodes: [node.url] }],
    now: node.now,
  }) as object as ConstructorParameters<typeof Resolver>[0],
);

const credo = await loadCredo();

/** Wraps a `did-resolver`, in the way of credo-ts' own resolver of did:web. */
const resolver: CredoResolver = {
  supportedMethods: ["mapae"],
  allowsCaching: false,
  allowsLocalDidRecord: false,
  async resolve(_context, did): Promise<CredoResolution> {
    const { didDocument, ...metadata } = await mapae.resolve(did);
    return { ...metadata, didDocument: didDocument && credo.JsonTransformer.fromJSON(didDocument, credo.DidDocument) };
  },
};

interface Verification {
  readonly key: { readonly publicJwk: webcrypto.JsonWebKey };
  readonly algorithm: string;
  readonly data: Uint8Array;
  readonly signature: Uint8Array;
}

const verifier = {
  backend: "node",
  isOperationSupported: (_context: unknown, { operation }: { operation: string }) => operation === "verify",
  async verify(_context: unknown, { key, algorithm, data, signature }: Verification) {
    const publicKey = createPublicKey({ key: key.publicJwk, format: "jwk" });
    const digest = algorithm === "EdDSA" ? null : "sha256";
    return { verified: verify(digest, data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature) };
  },
};

const agent = verifyingAgent(credo, { resolver, verifier });

/** A credential of the W3C data model 1.1 as a JWT. */
async function credential(algorithm: "ES256" | "EdDSA", { key, kid = idOf(key) }: { key: PrivateJwk; kid?: string }) {
  const payload = {
    iss: DID,
    sub: "did:example:holder",
    nbf: chain.tip.time,
    vc: {
      "@context": ["https://www.w3.org/2018/credentials/v1"],
      type: ["VerifiableCredential"],
      credentialSubject: { department: "민원실" },
    },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const signer = new CompactSign(bytes).setProtectedHeader({ alg: algorithm, kid, typ: "JWT" });
  return signer.sign(await importJWK({ ...key }, algorithm));
}

async function verified(jwt: string) {
  const service = agent.dependencyManager.resolve(credo.W3cJwtCredentialService);
  return service.verifyCredential(agent.context, { credential: jwt, verifyCredentialStatus: false });
}

test("an agent resolves a DID from a node and finds its keys", async () => {
  const { didDocument } = await agent.dids.resolve(DID);
  assert.ok(didDocument);
  for (const key of [KEYS.ES256, KEYS.EdDSA]) {
    assert.equal(didDocument.dereferenceKey(idOf(key), ["assertionMethod"]).type, "JsonWebKey2020");
    const { jwk } = signerOf(key);
    const found = didDocument.findVerificationMethodByPublicKey(credo.Kms.PublicJwk.fromUnknown(jwk), [
      "assertionMethod",
    ]);
    assert.equal(found.id, idOf(key));
  }
  assert.throws(() => didDocument.dereferenceKey(idOf(KEYS.revoked)));
});

for (const algorithm of ["ES256", "EdDSA"] as const) {
  test(`an agent verifies a credential signed with ${algorithm} only by a key of the document`, async () => {
    const key = KEYS[algorithm];
    const good = await verified(await credential(algorithm, { key }));
    assert.equal(good.isValid, true, String(good.error ?? JSON.stringify(good.validations)));
    const forged = await credential(algorithm, { key: newKey(DID, algorithm), kid: idOf(key) });
    assert.equal((await verified(forged)).isValid, false);
  });
}

test("an agent rejects a credential by a revoked key", async () => {
  const { isValid, error } = await verified(await credential("ES256", { key: KEYS.revoked }));
  assert.equal(isValid, false);
  assert.match(String(error), /Unable to locate verification method/);
});

test("an agent reports notFound for a DID that was never written", async () => {
  const nobody = `did:mapae:local:0x${"00".repeat(20)}`;
  const { didDocument, didResolutionMetadata } = await agent.dids.resolve(nobody);
  assert.equal(didDocument, null);
  assert.equal((didResolutionMetadata as { error?: string }).error, "notFound");
});
