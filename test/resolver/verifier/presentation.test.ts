import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { verifier } from "../../../resolver/verifier/verifier.ts";
import { REVOKED, serveIssuer, TYPE } from "../evidence/served-issuer.ts";

const [NONCE, AUDIENCE] = ["n-0S6_WzA2Mj", "https://gate.example"];

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const hasher = (data: string | ArrayBuffer) =>
  createHash("sha256")
    .update(typeof data === "string" ? data : new Uint8Array(data))
    .digest();

const HOLDERS = {
  "P-256": { make: () => generateKeyPairSync("ec", { namedCurve: "P-256" }), alg: "ES256" },
  Ed25519: { make: () => generateKeyPairSync("ed25519"), alg: "EdDSA" },
  "ML-DSA-44": { make: () => generateKeyPairSync("ml-dsa-44"), alg: "ML-DSA-44" },
};

function holderKey(kind: keyof typeof HOLDERS) {
  const { make, alg } = HOLDERS[kind];
  const { privateKey, publicKey } = make();
  return { privateKey, jwk: publicKey.export({ format: "jwk" }), alg };
}

function signed(data: string, key: KeyObject): string {
  const hash = key.asymmetricKeyType === "ec" ? "sha256" : null;
  return sign(hash, Buffer.from(data), { key, dsaEncoding: "ieee-p1363" }).toString("base64url");
}

async function setUp(t: Parameters<typeof serveIssuer>[0], kind: keyof typeof HOLDERS = "P-256") {
  const served = await serveIssuer(t);
  const { issuer, wanted, network, urls, now } = served;
  const holder = holderKey(kind);
  const credential = await issuer.sdJwt({ ...wanted, holder: holder.jwk });
  let requests = 0;
  const counting = (url: string, init: RequestInit) => {
    requests++;
    return fetch(url, init);
  };
  const { verifyPresentation } = verifier({ networks: [{ descriptor: network, nodes: urls, fetch: counting }], now });
  const options = { nonce: NONCE, audience: AUDIENCE, maxAge: 120, now: now(), type: TYPE };
  const claims = { iat: now(), aud: AUDIENCE, nonce: NONCE };
  /** A presentation by hand, each part of which can be changed. */
  const bind = ({ presented = credential, header = {}, payload = {}, key = holder.privateKey } = {}) => {
    const head = encoded({ alg: holder.alg, typ: "kb+jwt", ...header });
    const body = encoded({ ...claims, sd_hash: hasher(presented).toString("base64url"), ...payload });
    return `${presented}${head}.${body}.${signed(`${head}.${body}`, key)}`;
  };
  const reasonOf = async (text: string, more = {}) => {
    const { verdict, reason } = await verifyPresentation(text, { ...options, ...more });
    return verdict === "valid" ? "valid" : reason;
  };
  return {
    ...served,
    holder,
    credential,
    verifyPresentation,
    options,
    claims,
    bind,
    reasonOf,
    requests: () => requests,
  };
}

test("a presentation that @sd-jwt/sd-jwt-vc makes is valid, with all of its disclosures or without", async (t) => {
  const { credential, holder, options, claims, verifyPresentation } = await setUp(t);
  const library = new SDJwtVcInstance({
    hasher,
    hashAlg: "sha-256",
    kbSigner: async (data) => signed(data, holder.privateKey),
    kbSignAlg: "ES256",
  });
  for (const disclosed of [{ department: true }, {}]) {
    const text = await library.present(credential, disclosed as never, { kb: { payload: claims as never } });
    const { verdict, reason, steps } = await verifyPresentation(text, options);
    assert.deepEqual([verdict, reason, steps[0]], ["valid", undefined, { step: "keyBinding", outcome: "valid" }]);
  }
});

for (const kind of ["Ed25519", "ML-DSA-44"] as const) {
  test(`a holder's ${kind} key binds too`, async (t) => {
    const { bind, reasonOf } = await setUp(t, kind);
    assert.equal(await reasonOf(bind()), "valid");
    const other = HOLDERS[kind].make().privateKey;
    assert.equal(await reasonOf(bind({ key: other })), "keyBindingNotOfHolder");
  });
}

test("each part of a key binding decides, and a bad one makes nobody ask anything", async (t) => {
  const { bind, reasonOf, credential, issuer, wanted, options, requests } = await setUp(t);
  const { now } = options;
  const other = holderKey("P-256");
  const unbound = await issuer.sdJwt(wanted);
  const [jwt = ""] = credential.split("~");
  const rows: [string, string, object?][] = [
    ["keyBindingMissing", credential],
    ["keyBindingMissing", credential.slice(0, jwt.length + 1)],
    ["keyBindingMalformed", bind({ payload: { iat: String(now) } })],
    ["keyBindingMalformed", bind({ payload: { iat: undefined } })],
    ["keyBindingMalformed", bind({ payload: { aud: [AUDIENCE] } })],
    ["keyBindingMalformed", bind({ payload: { nonce: undefined } })],
    ["keyBindingMalformed", bind({ payload: { sd_hash: undefined } })],
    ["keyBindingMalformed", bind({ payload: { nonce: "" } }), { nonce: "" }],
    ["keyBindingMalformed", bind({ payload: { aud: "" } }), { audience: "" }],
    ["keyBindingMalformed", bind({ payload: { exp: "never" } })],
    ["keyBindingNotOfHolder", bind({ key: other.privateKey })],
    ["keyBindingNotOfHolder", bind({ header: { alg: "EdDSA" } })],
    ["keyBindingNotOfHolder", bind({ presented: unbound })],
    ["otherAudience", bind({ payload: { aud: "https://other.example" } })],
    ["otherAudience", bind(), { audience: "https://gate.example/" }],
    ["otherNonce", bind({ payload: { nonce: "another" } })],
    ["otherNonce", bind(), { nonce: "the next" }],
    ["otherPresentation", bind({ payload: { sd_hash: hasher(`${jwt}~`).toString("base64url") } })],
    ["otherPresentation", `${jwt}~${bind().slice(credential.length)}`],
    ["keyBindingOutOfTime", bind({ payload: { iat: now - 121 } })],
    ["keyBindingOutOfTime", bind({ payload: { iat: now + 61 } })],
    ["keyBindingOutOfTime", bind({ payload: { exp: now } })],
    ["keyBindingOutOfTime", bind({ payload: { nbf: now + 61 } })],
  ];
  for (const [wantedReason, text, more] of rows)
    assert.equal(await reasonOf(text, more), wantedReason, text.slice(-200));
  for (const [code, text] of [
    ["CREDENTIAL_MALFORMED", `${credential}no.jwt`],
    ["CREDENTIAL_MALFORMED", bind({ header: { typ: "JWT" } })],
    ["CREDENTIAL_MALFORMED", bind({ header: { typ: undefined } })],
    ["CREDENTIAL_UNSUPPORTED", bind({ header: { crit: ["b64"] } })],
    ["CREDENTIAL_UNSUPPORTED", bind({ header: { alg: "none" } })],
  ] as const) {
    await assert.rejects(reasonOf(text), { code });
  }
  assert.equal(requests(), 0);
  for (const payload of [{ iat: now - 120 }, { iat: now + 60 }, { exp: now + 1, nbf: now }]) {
    assert.equal(await reasonOf(bind({ payload })), "valid", JSON.stringify(payload));
  }
  const revoked = await issuer.sdJwt({
    ...wanted,
    index: REVOKED,
    holder: JSON.parse(atob(jwt.split(".")[1] ?? "")).cnf.jwk,
  });
  assert.equal(await reasonOf(bind({ presented: revoked })), "revoked");
});

test("a holder's key that is private, symmetric or of another curve binds nothing", async (t) => {
  const { issuer, wanted, bind, reasonOf, holder } = await setUp(t);
  const { crv, x, y } = holder.jwk;
  const keys = [
    holder.privateKey.export({ format: "jwk" }),
    { kty: "oct", k: "AAAA" },
    { kty: "EC", crv: "P-384", x, y },
    { kty: "EC", crv, x: "AA", y },
    {},
  ];
  for (const key of keys) {
    const presented = await issuer.sdJwt({ ...wanted, holder: key });
    await assert.rejects(reasonOf(bind({ presented })), { code: "CREDENTIAL_UNSUPPORTED" });
  }
  const offCurve = await issuer.sdJwt({ ...wanted, holder: { kty: "EC", crv, x, y: x } });
  assert.equal(await reasonOf(bind({ presented: offCurve })), "keyBindingNotOfHolder");
});
