import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { Sign1 } from "@auth0/cose";
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { base58 } from "@scure/base";
import { getListFromStatusListJWT } from "@sd-jwt/jwt-status-list";
import { decode, Encoder } from "cbor-x";
import { importJWK, jwtVerify, SignJWT } from "jose";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import { type CredentialInput, makeStatusCredential, makeStatusVcJwt } from "../../../node/lists/make-credential.ts";
import { LIFETIME, makeStatusCwt, makeStatusJwt, TTL } from "../../../node/lists/make-token.ts";
import { isSignedBy } from "../../../resolver/crypto/signature.ts";
import type { DidDocument } from "../../../resolver/did/did-document.ts";
import { publicJwk } from "../../../resolver/did/key.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import type { ExpectedList } from "../../../resolver/status/signed/check-token.ts";
import { integrityData } from "../../../resolver/status/signed/data-integrity.ts";
import { verifyStatusCredential, verifyStatusVcJwt } from "../../../resolver/status/signed/verify-credential.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";
import { statusAt } from "../../../resolver/status/status-list.ts";

const ISSUER = `did:mapae:local:0x${"a1".repeat(20)}`;
const OTHER = `did:mapae:local:0x${"b2".repeat(20)}`;
const URI = "https://status.example.gov/lists/0";
const NOW = 1_750_000_000;
const SIZE = 131_072;
const ASOF = { number: 42, hash: `0x${"ab".repeat(32)}` as const, time: NOW - 10, finalizedBlock: 42 };
const WORDS = new Map([[3, { revoked: 0b101n, suspended: 0b110n }]]);
const AT = 3 * 256;
/** Statuses of the first four credentials of word 3: revoked, suspended, both, neither. */
const STATUSES = [1, 2, 1, 0];

const compressed = deflateSync(listBytes("token", WORDS, SIZE));
const bits = { revocation: [1, 0, 1, 0], suspension: [0, 1, 1, 0] };

const KEYS = {
  ES256: newKey(ISSUER, "ES256"),
  EdDSA: newKey(ISSUER, "EdDSA"),
  "ML-DSA-44": newKey(ISSUER, "ML-DSA-44"),
  "ML-DSA-65": newKey(ISSUER, "ML-DSA-65"),
  "ML-DSA-87": newKey(ISSUER, "ML-DSA-87"),
};
const signers = Object.values(KEYS).map(signerOf);
const classical = signers.slice(0, 2);
const strange = signerOf(newKey(ISSUER, "ES256"));

function documentOf(id: string, keys = signers): DidDocument {
  const ids = keys.map(({ keyId }) => keyId);
  const methods = keys.map(({ keyId, jwk }) => ({
    id: keyId,
    type: "JsonWebKey2020",
    controller: id,
    publicKeyJwk: jwk,
  }));
  return { id, verificationMethod: methods, assertionMethod: ids };
}

const expected: ExpectedList = { uri: URI, size: SIZE, now: NOW, document: documentOf(ISSUER) };

function credentialInput(signer = signers[0] ?? strange, purpose: "revocation" | "suspension" = "revocation") {
  const list = gzipSync(listBytes(purpose, WORDS, SIZE));
  return { uri: `${URI}/${purpose}`, asOf: ASOF, compressed: list, signer, purpose } satisfies CredentialInput;
}

/** Each form: how it is made, verified, and what it says. */
const FORMS = {
  jwt: {
    make: (signer = signers[0] ?? strange) => makeStatusJwt({ uri: URI, asOf: ASOF, compressed, signer }),
    verify: (token: string | Uint8Array, more: Partial<ExpectedList> = {}) =>
      verifyStatusJwt(token as string, { ...expected, ...more }),
    says: STATUSES,
  },
  cwt: {
    make: (signer = signers[0] ?? strange) => makeStatusCwt({ uri: URI, asOf: ASOF, compressed, signer }),
    verify: (token: string | Uint8Array, more: Partial<ExpectedList> = {}) =>
      verifyStatusCwt(token as Uint8Array, { ...expected, ...more }),
    says: STATUSES,
  },
  "vc+jwt": {
    make: (signer?: (typeof signers)[0]) => makeStatusVcJwt(credentialInput(signer)),
    verify: (token: string | Uint8Array, more: Partial<ExpectedList> = {}) =>
      verifyStatusVcJwt(token as string, { ...expected, uri: `${URI}/revocation`, purpose: "revocation", ...more }),
    says: bits.revocation,
  },
  vc: {
    make: async (signer?: (typeof signers)[0]) => Buffer.from(await makeStatusCredential(credentialInput(signer))),
    verify: (token: string | Uint8Array, more: Partial<ExpectedList> = {}) => {
      const wanted = { ...expected, uri: `${URI}/revocation`, purpose: "revocation", ...more } as const;
      return verifyStatusCredential(token as Uint8Array, wanted);
    },
    says: bits.revocation,
  },
} as const;

for (const [form, { make, verify, says }] of Object.entries(FORMS)) {
  test(`a list as ${form} verifies with each algorithm and says what the words say`, async () => {
    for (const signer of form === "vc" ? classical : signers) {
      const { list, ...rest } = await verify(await make(signer));
      const statuses = STATUSES.map((_, index) => statusAt(list, AT + index));
      assert.deepEqual(statuses, says);
      assert.deepEqual(rest, {
        issuedAt: ASOF.time,
        expiresAt: ASOF.time + LIFETIME,
        ttl: TTL,
        keyId: signer.keyId,
      });
    }
  });

  test(`a list as ${form} is refused when it is of another list or issuer, by another key, too old, too new, of another size`, async () => {
    const token = await make();
    const only = (more: Partial<DidDocument>) => ({ document: { ...expected.document, ...more } });
    const cases: [string, Partial<ExpectedList>][] = [
      ["STATUS_LIST_SUBJECT", { uri: `${URI}1` }],
      ["STATUS_LIST_KEY", { document: documentOf(OTHER) }],
      ["STATUS_LIST_KEY", { document: documentOf(ISSUER, [strange]) }],
      ["STATUS_LIST_KEY", only({ assertionMethod: [] })],
      ["STATUS_LIST_EXPIRED", { now: ASOF.time + LIFETIME }],
      ["STATUS_LIST_EXPIRED", { now: ASOF.time - 61 }],
      ["STATUS_LIST_SIZE", { size: SIZE + 256 }],
      ["STATUS_LIST_SIZE", { size: SIZE - 256 }],
    ];
    for (const [code, more] of cases)
      await assert.rejects(verify(token, more), { code }, `${code} ${Object.keys(more)}`);
    await verify(token, { now: ASOF.time + LIFETIME - 1 });
    await verify(token, { now: ASOF.time - 60 });
  });

  test(`a list as ${form} of which any byte was altered is refused with a typed error`, async () => {
    const token = await make();
    const bytes = Buffer.from(token);
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = Buffer.from(bytes);
      // Another digit of base64url, and another byte of anything else.
      altered[at] = altered[at] === 65 ? 66 : 65;
      await assert.rejects(
        verify(typeof token === "string" ? altered.toString() : altered),
        { name: "StatusListError" },
        `byte ${at}`,
      );
    }
    for (const bad of ["", "a.b", "a.b.c", "{}", "[]", "null", `{"proof":{}}`]) {
      await assert.rejects(verify(typeof token === "string" ? bad : Buffer.from(bad)), { name: "StatusListError" });
    }
  });
}

test("@sd-jwt reads the JWT that jose verifies", async () => {
  for (const signer of signers) {
    const token = await FORMS.jwt.make(signer);
    const key = await importJWK({ ...signer.jwk }, signer.algorithm);
    const { payload } = await jwtVerify(token, key, {
      typ: "statuslist+jwt",
      subject: URI,
      issuer: ISSUER,
      currentDate: new Date(NOW * 1_000),
    });
    assert.equal(payload.ttl, TTL);
    assert.deepEqual(payload["https://w3id.org/did-mapae/v1#asOf"], { block: 42, hash: ASOF.hash });
    const list = getListFromStatusListJWT(token);
    const statuses = STATUSES.map((_, index) => list.getStatus(AT + index));
    assert.deepEqual(statuses, STATUSES);
  }
});

test("a list of an ML-DSA key has no Data Integrity form, and one that claims to be is unsupported", async () => {
  const signer = signerOf(KEYS["ML-DSA-44"]);
  await assert.rejects(FORMS.vc.make(signer), TypeError);
  const signed = JSON.parse((await FORMS.vc.make()).toString());
  const claimed = { ...signed, proof: { ...signed.proof, verificationMethod: signer.keyId } };
  await assert.rejects(FORMS.vc.verify(Buffer.from(JSON.stringify(claimed))), { code: "STATUS_LIST_UNSUPPORTED" });
});

test("another library verifies the CWT of an ML-DSA key, which names the algorithm by its number in COSE", async () => {
  for (const [name, number, { verify }] of [
    ["ML-DSA-44", -48, ml_dsa44],
    ["ML-DSA-65", -49, ml_dsa65],
    ["ML-DSA-87", -50, ml_dsa87],
  ] as const) {
    const signer = signerOf(KEYS[name]);
    const encoder = new Encoder({ tagUint8Array: false, mapsAsObjects: false });
    const sign1 = Sign1.decode(await FORMS.cwt.make(signer));
    assert.equal(sign1.protectedHeaders.get(1), number);
    const header = encoder.encode(sign1.protectedHeaders);
    const data = encoder.encode(["Signature1", header, Buffer.alloc(0), sign1.payload]);
    assert(verify(sign1.signature, data, Buffer.from(KEYS[name].pub, "base64url")));
  }
});

test("@auth0/cose verifies the CWT, and cbor-x reads its claims", async () => {
  // It has no ML-DSA.
  for (const signer of classical) {
    const token = await FORMS.cwt.make(signer);
    const sign1 = Sign1.decode(token);
    // Its own jose is of another version, and takes only keys that WebCrypto imported.
    const name = signer.algorithm === "ES256" ? { name: "ECDSA", namedCurve: "P-256" } : { name: "Ed25519" };
    const key = await crypto.subtle.importKey("jwk", { ...signer.jwk }, name, true, ["verify"]);
    await sign1.verify(key as unknown as Parameters<typeof sign1.verify>[0]);
    const claims = decode(sign1.payload) as Record<string, unknown>;
    assert.equal(claims[2], URI);
    assert.deepEqual([claims[6], claims[4], claims[65_534]], [ASOF.time, ASOF.time + LIFETIME, TTL]);
    assert.deepEqual(claims[65_533], { bits: 2, lst: new Uint8Array(compressed) });
  }
});

test("a CWT that @auth0/cose signed verifies here", async () => {
  const { d: _, issuer: __, ...half } = KEYS.ES256;
  const key = await importJWK({ ...half, d: KEYS.ES256.d }, "ES256");
  const claims = new Map<number, unknown>([
    [2, URI],
    [6, ASOF.time],
    [4, ASOF.time + 60],
    [
      65_533,
      new Map<string, unknown>([
        ["bits", 2],
        ["lst", compressed],
      ]),
    ],
  ]);
  const headers = new Map<number, unknown>([
    [1, -7],
    [4, Buffer.from(signerOf(KEYS.ES256).keyId)],
    [16, "application/statuslist+cwt"],
  ]);
  // Maps as COSE and CWT have them, without a tag of cbor-x's own.
  const payload = new Encoder({ mapsAsObjects: false, useTag259ForMaps: false } as object).encode(claims);
  const sign1 = await Sign1.sign(
    headers as unknown as Parameters<typeof Sign1.sign>[0],
    undefined,
    payload,
    key as unknown as Parameters<typeof Sign1.sign>[3],
  );
  const { list, ttl } = await verifyStatusCwt(sign1.encode(), expected);
  assert.deepEqual([statusAt(list, AT), ttl], [1, null]);
});

test("a JWT that jose signed is refused for another type, without an end, and with an algorithm that is not the key's", async () => {
  const { keyId } = signerOf(KEYS.ES256);
  const key = await importJWK({ ...KEYS.ES256 }, "ES256");
  const status_list = { bits: 2, lst: Buffer.from(compressed).toString("base64url") };
  const claims = { sub: URI, iat: ASOF.time, exp: ASOF.time + 60, status_list };
  const signed = (payload: object, typ = "statuslist+jwt") =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg: "ES256", typ, kid: keyId }).sign(key);
  await verifyStatusJwt(await signed(claims), expected);
  const MALFORMED = { code: "STATUS_LIST_MALFORMED" };
  await assert.rejects(verifyStatusJwt(await signed(claims, "JWT"), expected), MALFORMED);
  for (const more of [{ exp: undefined }, { iat: "1" }, { ttl: 0 }, { ttl: "300" }, { status_list: undefined }]) {
    await assert.rejects(
      verifyStatusJwt(await signed({ ...claims, ...more }), expected),
      MALFORMED,
      Object.keys(more)[0],
    );
  }
  // The public key as the secret of an HMAC, and no signature at all.
  const header = { typ: "statuslist+jwt", kid: keyId };
  const secret = Buffer.from(JSON.stringify(signerOf(KEYS.ES256).jwk));
  const hmac = await new SignJWT(claims).setProtectedHeader({ ...header, alg: "HS256" }).sign(secret);
  const none = `${Buffer.from(JSON.stringify({ ...header, alg: "none" })).toString("base64url")}.${hmac.split(".")[1]}.`;
  for (const token of [hmac, none]) {
    await assert.rejects(verifyStatusJwt(token, expected), { code: "STATUS_LIST_UNSUPPORTED" });
  }
});

test("a credential for the other purpose is refused, at whatever URI it is", async () => {
  const input = { ...credentialInput(undefined, "suspension"), uri: `${URI}/revocation` };
  const wanted = { ...expected, uri: input.uri, purpose: "revocation" } as const;
  await assert.rejects(verifyStatusVcJwt(await makeStatusVcJwt(input), wanted), { code: "STATUS_LIST_SUBJECT" });
});

test("the W3C's own example of eddsa-jcs-2022 verifies", async () => {
  // Data Integrity EdDSA Cryptosuites v1.0, "Representation: eddsa-jcs-2022", from before proofs had a context of their own.
  const document = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    id: "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    type: ["VerifiableCredential", "AlumniCredential"],
    name: "Alumni Credential",
    description: "A minimum viable example of an Alumni Credential.",
    issuer: "https://vc.example/issuers/5678",
    validFrom: "2023-01-01T00:00:00Z",
    credentialSubject: { id: "did:example:abcdefgh", alumniOf: "The School of Examples" },
  };
  const proof = {
    type: "DataIntegrityProof",
    cryptosuite: "eddsa-jcs-2022",
    created: "2023-02-24T23:36:38Z",
    verificationMethod: "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    proofPurpose: "assertionMethod",
  };
  const key = base58.decode("6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2").subarray(2);
  const signature = base58.decode(
    "3P6rHMUaWG6e3Ac6xYFht8aEvoVXndgKTtEY8kzWYXzk8dKmAo2GJeZiJw4qoZ2PGp4ugdaHx3oQiLpeFBLDqP2M",
  );
  const jwk = publicJwk("Ed25519", key);
  assert(jwk);
  assert(await isSignedBy(jwk, "EdDSA", { signature, data: await integrityData(document, proof) }));
  const altered = await integrityData({ ...document, name: "Alumni" }, proof);
  assert(!(await isSignedBy(jwk, "EdDSA", { signature, data: altered })));
});
