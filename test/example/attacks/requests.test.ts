import "../helpers/as-browser.ts";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT, UnsecuredJWT } from "jose";
import { encryptionKeyOf, expectSoonOver } from "../../../examples/mobile-id/wallet/page/requests/request.ts";
import { requestObject } from "../../../examples/mobile-id/wallet/page/requests/request-object.ts";
import type { DidDocument } from "../../../resolver/index.ts";

const DID = `did:mapae:local:0x${"a".repeat(40)}`;
const OTHER = `did:mapae:local:0x${"b".repeat(40)}`;
const KID = `${DID}#key-1`;
const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
const publicKeyJwk = await exportJWK(publicKey);

/** The verifier's document: one key for its requests, and one that it may not use for them. */
const document = {
  id: DID,
  verificationMethod: [KID, `${DID}#agreement`].map((id) => ({
    id,
    type: "JsonWebKey",
    controller: DID,
    publicKeyJwk,
  })),
  assertionMethod: [KID],
  keyAgreement: [`${DID}#agreement`],
} as unknown as DidDocument;

const HEADER: JWTHeaderParameters = { alg: "ES256", typ: "oauth-authz-req+jwt", kid: KID };
const signed = (claims: object, header: Partial<JWTHeaderParameters> = {}, key: CryptoKey | Uint8Array = privateKey) =>
  new SignJWT(claims as never).setProtectedHeader({ ...HEADER, ...header }).sign(key);
const read = (request: string) => requestObject(new URLSearchParams({ request }), document);

test("a request counts only by a key that its verifier's document has for it, with the algorithm of that key", async () => {
  assert.deepEqual(await read(await signed({ nonce: "1" })), { nonce: "1" });
  const foreign = (await generateKeyPair("ES256")).privateKey;
  const shared = new TextEncoder().encode(JSON.stringify(publicKeyJwk));
  const forged = [
    await signed({}, {}, foreign),
    await signed({}, { kid: `${OTHER}#key-1` }),
    await signed({}, { kid: "#key-1" }),
    await signed({}, { kid: `${DID}#agreement` }),
    await signed({}, { typ: "JWT" }),
    await signed({}, { alg: "HS256" }, shared),
    new UnsecuredJWT({}).encode(),
    "",
  ];
  for (const request of forged) await assert.rejects(read(request), { code: "REQUEST_BAD_SIGNATURE" }, request);
});

test("a request is fetched from its request_uri alone, whatever else it names, and no redirect is followed", async (t) => {
  const asked: string[] = [];
  const claims = { nonce: "1", client_metadata_uri: "", presentation_definition_uri: "" };
  const server = createServer(async (request, response) => {
    asked.push(`${request.url} ${request.headers.cookie} ${request.headers.referer}`);
    if (request.url === "/moved") response.writeHead(302, { location: "/request" }).end();
    else response.writeHead(request.url === "/gone" ? 404 : 200).end(await signed(claims));
  }).listen(0, "localhost");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => server.close());
  t.after(() => server.closeAllConnections());
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  claims.client_metadata_uri = `${url}/metadata`;
  claims.presentation_definition_uri = `${url}/definition`;
  const fetched = (uri: string) => requestObject(new URLSearchParams({ request_uri: uri }), document);
  assert.deepEqual(await fetched(`${url}/request`), claims);
  for (const path of ["/moved", "/gone"])
    await assert.rejects(fetched(url + path), { code: "REQUEST_UNREACHABLE" }, path);
  for (const uri of ["", "none", "data:text/plain,x", "ftp://localhost/request"])
    await assert.rejects(fetched(uri), { code: "REQUEST_MALFORMED" }, uri);
  assert.deepEqual(
    asked,
    ["/request", "/moved", "/gone"].map((path) => `${path} undefined undefined`),
  );
});

test("a request that a gate shows has to end within ten minutes, so that a photograph of it is soon worth nothing", () => {
  const now = Math.floor(Date.now() / 1_000);
  expectSoonOver({ exp: now + 120 }, DID);
  for (const exp of [undefined, "soon", now + 700, Number.POSITIVE_INFINITY])
    assert.throws(() => expectSoonOver({ exp }, DID), { code: "REQUEST_MALFORMED" }, String(exp));
});

test("a request whose answer can't be encrypted is refused before a copy of the card is used for it", () => {
  const key = { kty: "EC", crv: "P-256", x: "x", y: "y", alg: "ECDH-ES", use: "enc" };
  const withKeys = (...keys: readonly unknown[]) => ({ client_metadata: { jwks: { keys } } });
  assert.deepEqual(encryptionKeyOf(withKeys({ ...key, use: "sig" }, key), DID), key);
  const refused = [
    {},
    { client_metadata: { jwks_uri: "https://verifier.example/keys" } },
    withKeys(),
    withKeys(null, "key", { ...key, alg: "RSA-OAEP" }, { ...key, use: "sig" }),
    withKeys({ ...key, d: "private" }),
  ];
  for (const payload of refused)
    assert.throws(() => encryptionKeyOf(payload, DID), { code: "REQUEST_MALFORMED" }, JSON.stringify(payload));
});
