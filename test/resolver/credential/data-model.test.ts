import assert from "node:assert/strict";
import { test } from "node:test";
import { readCredential } from "../../../resolver/credential/read-credential.ts";

const ISSUER = `did:mapae:local:0x${"12".repeat(20)}`;
const ID = "urn:uuid:1";
const card = {
  "@context": ["https://www.w3.org/ns/credentials/v2"],
  type: ["VerifiableCredential", "https://types.example/0"],
  issuer: ISSUER,
  validFrom: "2023-11-14T22:13:20Z",
  credentialSubject: [{ id: "urn:x:1" }, { name: "somebody without an id" }],
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const read = (claims: object, header: object = {}) =>
  readCredential(
    `${part({ alg: "ES256", typ: "vc+jwt", kid: `${ISSUER}#k`, ...header })}.${part({ ...card, ...claims })}.c2ln`,
  );

test("a claim of the JWT that repeats an id of the credential agrees with it, where both are there", () => {
  for (const claims of [{ jti: ID }, { id: ID }, { jti: ID, id: ID }, { sub: "urn:x:1" }])
    assert.equal(read(claims).issuer.did, ISSUER, JSON.stringify(claims));
  for (const claims of [{ jti: ID, id: "urn:uuid:2" }, { sub: "urn:x:2" }])
    assert.throws(() => read(claims), { code: "CREDENTIAL_MALFORMED", message: /It contradicts itself/ });
});

test("a presentation, a 2.0 credential within a vc and one without a subject are no credential", () => {
  for (const [claims, header, message] of [
    [{ vp: {} }, {}, /it is a presentation/],
    [{}, { vp: {} }, /it is a presentation/],
    [{}, { vc: {} }, /a vc in its header/],
    [{ vc: card }, {}, /VC-JOSE-COSE forbids/],
    [{ credentialSubject: [] }, {}, /credentialSubject/],
    [{ credentialSubject: [{ id: ID }, {}] }, {}, /credentialSubject/],
    [{ credentialSubject: [{ id: ID }, "text"] }, {}, /credentialSubject/],
  ] as const)
    assert.throws(() => read(claims, header), { code: "CREDENTIAL_MALFORMED", message });
});
