import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { DidDocument } from "../../resolver/did/did-document.ts";
import type { Representation } from "../../resolver/resolution/representation.ts";
import { loadCredo } from "./credo.ts";

interface Vector {
  readonly answers: readonly { readonly at: number; readonly documents: Record<Representation, DidDocument> }[];
}

const RELATIONSHIPS = ["authentication", "assertionMethod", "keyAgreement", "capabilityInvocation"] as const;
const VECTORS = new URL("../vectors/valid/documents/", import.meta.url);

const credo = await loadCredo();

/** Asserts that credo-ts accepts a document, finds and parses each key of each relationship, and serializes it unchanged. */
function expectTaken(document: DidDocument): void {
  const taken = credo.JsonTransformer.fromJSON(structuredClone(document), credo.DidDocument);
  assert.deepEqual(JSON.parse(JSON.stringify(taken.toJSON())), {
    // Members that credo-ts adds to a document without contexts.
    "@context": ["https://www.w3.org/ns/did/v1"],
    ...document,
  });
  const methods = new Map(document.verificationMethod.map((method) => [method.id, method]));
  for (const purpose of RELATIONSHIPS) {
    for (const id of document[purpose] ?? []) {
      assert.equal(taken.dereferenceKey(id, [purpose]).id, id);
      assert.equal(taken.dereferenceKey(id.slice(id.indexOf("#")), [purpose]).id, id);
      const jwk = methods.get(id)?.publicKeyJwk;
      if (jwk === undefined) continue;
      const key = credo.getPublicJwkFromVerificationMethod(taken.dereferenceKey(id, [purpose]));
      assert.ok(key.equals(credo.Kms.PublicJwk.fromUnknown(jwk)), id);
    }
    assert.throws(() => taken.dereferenceKey("#nothing", [purpose]));
  }
}

for (const file of readdirSync(VECTORS)) {
  const { answers } = JSON.parse(readFileSync(new URL(file, VECTORS), "utf8")) as Vector;
  for (const representation of ["application/did+ld+json", "application/did+json"] as const) {
    test(`credo-ts accepts ${file} as ${representation}`, () => {
      for (const { documents } of answers) expectTaken(documents[representation]);
    });
  }
}

test("credo-ts rejects a context that is a map, which is why Mapae's are strings", () => {
  const document = { "@context": [{ "@vocab": "https://example.org/" }], id: "did:mapae:local:0x00" };
  assert.throws(() => credo.JsonTransformer.fromJSON(document, credo.DidDocument));
});
