import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import jsonld from "jsonld";
import type { DidDocument, Relationship } from "../../resolver/did/did-document.ts";
import {
  MAPAE_CONTEXT,
  MAPAE_CONTEXT_URL,
  REPRESENTATIONS,
  represent,
  VOCABULARY,
} from "../../resolver/resolution/representation.ts";

/** Where a node might serve a document from: nothing in a document may come to mean something of its host. */
const NODE = "https://node.example/1.0/identifiers/x";

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../vectors/${path}`, import.meta.url), "utf8"));

const CONTEXTS: Record<string, unknown> = {
  "https://www.w3.org/ns/did/v1": read("contexts/did-v1.json"),
  "https://w3id.org/security/suites/jws-2020/v1": read("contexts/jws-2020-v1.json"),
  "https://w3id.org/security/suites/secp256k1recovery-2020/v2": read("contexts/secp256k1recovery-2020-v2.json"),
  [MAPAE_CONTEXT_URL]: read("../../docs/contexts/v1.jsonld"),
};

test("the context that is published is the one that the library has, and nothing but the vocabulary", () => {
  assert.deepEqual(CONTEXTS[MAPAE_CONTEXT_URL], MAPAE_CONTEXT);
  assert.deepEqual(MAPAE_CONTEXT, { "@context": { "@vocab": VOCABULARY } });
});

function expand(document: object) {
  return jsonld.expand(document, {
    base: NODE,
    safe: true,
    documentLoader: async (url) => {
      assert(url in CONTEXTS, `the document wants the context ${url}`);
      return { documentUrl: url, document: CONTEXTS[url] };
    },
  });
}

const SECURITY = "https://w3id.org/security#";
const PROPERTY: Record<Relationship, string> = {
  assertionMethod: `${SECURITY}assertionMethod`,
  authentication: `${SECURITY}authenticationMethod`,
  keyAgreement: `${SECURITY}keyAgreementMethod`,
  capabilityInvocation: `${SECURITY}capabilityInvocationMethod`,
};
const METHOD_TYPE: Record<string, string> = {
  JsonWebKey2020: `${SECURITY}JsonWebKey2020`,
  EcdsaSecp256k1RecoveryMethod2020:
    "https://identity.foundation/EcdsaSecp256k1RecoverySignature2020#EcdsaSecp256k1RecoveryMethod2020",
};

const ids = (ids: readonly string[] = []) => ids.map((id) => ({ "@id": id }));

/** What a document has to mean, written without a JSON-LD processor. */
function meaningOf(document: DidDocument): Record<string, unknown> {
  const relationships = Object.entries(PROPERTY)
    .filter(([name]) => document[name as Relationship] !== undefined)
    .map(([name, property]) => [property, ids(document[name as Relationship])]);
  const endpoint = (value: unknown): unknown =>
    typeof value === "string" ? { "@id": value } : vocabulary(value as Record<string, unknown>);
  return {
    "@id": document.id,
    ...(document.alsoKnownAs && { "https://www.w3.org/ns/activitystreams#alsoKnownAs": ids(document.alsoKnownAs) }),
    [`${SECURITY}verificationMethod`]: document.verificationMethod.map((method) => ({
      "@id": method.id,
      "@type": [METHOD_TYPE[method.type]],
      [`${SECURITY}controller`]: ids([method.controller]),
      ...(method.publicKeyJwk && {
        [`${SECURITY}publicKeyJwk`]: [{ "@type": "@json", "@value": method.publicKeyJwk }],
      }),
      ...(method.blockchainAccountId && {
        [`${SECURITY}blockchainAccountId`]: [{ "@value": method.blockchainAccountId }],
      }),
    })),
    ...Object.fromEntries(relationships),
    ...(document.service && {
      "https://www.w3.org/ns/did#service": document.service.map(({ id, type, serviceEndpoint }) => ({
        "@id": id,
        "@type": [VOCABULARY + type],
        "https://www.w3.org/ns/did#serviceEndpoint": [serviceEndpoint].flat().map(endpoint),
      })),
    }),
  };
}

/** The members of an endpoint that is a map are of our vocabulary. */
function vocabulary(map: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map).map(([name, value]) => [VOCABULARY + name, [value].flat().map((one) => ({ "@value": one }))]),
  );
}

for (const file of readdirSync(new URL("../vectors/valid/documents/", import.meta.url))) {
  test(`documents of ${file} expand to all that they say, and to nothing of the node that serves them`, async () => {
    const { answers } = read(`valid/documents/${file}`) as { answers: { documents: Record<string, DidDocument> }[] };
    assert(answers.length > 0);
    for (const { documents } of answers) {
      const document = documents["application/did+ld+json"] ?? assert.fail();
      const expanded = await expand(document);
      assert.deepEqual(expanded, [meaningOf(document)]);
      assert.doesNotMatch(JSON.stringify(expanded), /node\.example/);
    }
  });
}

test("only our vocabulary keeps a service's type from being an IRI of the node", async () => {
  const document = {
    id: "did:mapae:local:0x00",
    verificationMethod: [],
    service: [{ id: "did:mapae:local:0x00#a", type: "HubService", serviceEndpoint: "https://example.org/" }],
  };
  const represented = represent(document, "application/did+ld+json");
  const without = { ...represented, "@context": represented["@context"]?.slice(0, -1) };
  assert.doesNotMatch(JSON.stringify(await expand(represented)), /node\.example/);
  assert.match(JSON.stringify(await expand(without)), /https:\/\/node\.example\/1\.0\/identifiers\/HubService/);
});

test("each representation names its contexts by strings only, the document's own first and ours last; plain JSON has none", () => {
  const document: DidDocument = { id: "did:mapae:local:0x00", verificationMethod: [] };
  const [did11, did10, json] = REPRESENTATIONS.map((one) => represent(document, one)["@context"]);
  const recovery = "https://w3id.org/security/suites/secp256k1recovery-2020/v2";
  assert.deepEqual(did11, ["https://www.w3.org/ns/did/v1.1", recovery, MAPAE_CONTEXT_URL]);
  const jws = "https://w3id.org/security/suites/jws-2020/v1";
  assert.deepEqual(did10, ["https://www.w3.org/ns/did/v1", jws, recovery, MAPAE_CONTEXT_URL]);
  assert.equal(json, undefined);
});
