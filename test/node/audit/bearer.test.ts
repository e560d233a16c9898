import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { AUDIT_TOKEN_TYPE } from "../../../node/audit/bearer.ts";
import { startAudit } from "../../../node/audit/server.ts";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import { formatDid } from "../../../resolver/did/did.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { ask, requestText } from "../http/raw.ts";
import { AUDIENCE, AUDITOR, auditor, publishKey, startAuditedNode, tokenOf } from "./audited-node.ts";

const AUDITORS = { dids: [AUDITOR], audience: AUDIENCE };
const first = [publishKey(auditor)];
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The status and the code of an answer. */
async function said(response: Response): Promise<[number, string | undefined]> {
  return [response.status, ((await response.json()) as { code?: string }).code];
}
const TAKEN: [number, undefined] = [200, undefined];
const REFUSED: [number, string] = [401, "AUDIT_TOKEN"];

test("a token is taken that an auditor signed for this listener, of either algorithm", async (t) => {
  const edwards = signerOf(newKey(AUDITOR, "EdDSA"));
  const node = await startAuditedNode(t, { auditors: AUDITORS, first: [...first, publishKey(edwards)] });
  assert.deepEqual(await said(await node.with(await tokenOf(node.claims()))), TAKEN);
  assert.deepEqual(await said(await node.with(await tokenOf(node.claims(), { signer: edwards }))), TAKEN);
});

test("a token of an Ed25519 key may name its algorithm as RFC 9864 does, one of a P-256 key may not", async (t) => {
  const edwards = signerOf(newKey(AUDITOR, "EdDSA"));
  const node = await startAuditedNode(t, { auditors: AUDITORS, first: [...first, publishKey(edwards)] });
  const named = async (signer: typeof edwards) => {
    const header = { alg: "Ed25519", typ: AUDIT_TOKEN_TYPE, kid: signer.keyId };
    const text = `${encoded(header)}.${encoded(node.claims())}`;
    return `${text}.${Buffer.from(await signer.sign(Buffer.from(text))).toString("base64url")}`;
  };
  assert.deepEqual(await said(await node.with(await named(edwards))), TAKEN);
  assert.deepEqual(await said(await node.with(await named(auditor))), REFUSED);
});

test("without a token nothing is answered, not even which routes there are", async (t) => {
  const node = await startAuditedNode(t, { auditors: AUDITORS, first });
  for (const path of ["/audit/openapi.json", "/audit/changes", "/nothing", "/audit/status/0x/0/0"]) {
    const response = await node.get(path);
    assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer /);
    assert.deepEqual(await said(response), REFUSED, path);
  }
  for (const authorization of ["", "Bearer", "Basic YTpi", "Bearer a.b", `Bearer ${"a".repeat(5_000)}.b.c`]) {
    assert.deepEqual(await said(await node.get("/audit/changes", { authorization })), REFUSED, authorization);
  }
  const token = await tokenOf(node.claims());
  assert.deepEqual(await said(await node.get(`/audit/openapi.json?access_token=${token}`)), REFUSED, "not in the URL");
});

test("a token of another audience, moment, length or kind is refused", async (t) => {
  const node = await startAuditedNode(t, { auditors: AUDITORS, first });
  const { now } = node.state;
  const other = "https://other.example";
  const cases: [claims: object, why: string][] = [
    [{ aud: other }, "another audience"],
    [{ aud: undefined }, "none"],
    [{ aud: [AUDIENCE] }, "a list of audiences"],
    [{ aud: [AUDIENCE, other] }, "two"],
    [{ iat: now - 200, exp: now - 31 }, "expired"],
    [{ iat: now - 400, exp: now + 10 }, "made too long ago"],
    [{ exp: now + 301 }, "too long-lived"],
    [{ exp: now + 86_400 }, "far too long-lived"],
    [{ exp: undefined }, "without an end"],
    [{ iat: undefined }, "without a beginning"],
    [{ iat: now + 120, exp: now + 240 }, "of a time to come"],
    [{ nbf: now + 120 }, "not yet to be used"],
    [{ iss: formatDid("local", simulatedIdentity(1)) }, "another issuer than the key's"],
    [{ iss: undefined }, "none"],
  ];
  for (const [claims, why] of cases) {
    assert.deepEqual(await said(await node.with(await tokenOf(node.claims(claims)))), REFUSED, why);
  }
  const { detail } = (await (await node.with(await tokenOf(node.claims({ aud: other })))).json()) as { detail: string };
  assert.match(detail, new RegExp(`whose audience is ${AUDIENCE}`));
  for (const type of ["JWT", "vc+jwt", "statuslist+jwt"]) {
    assert.deepEqual(await said(await node.with(await tokenOf(node.claims(), { type }))), REFUSED, type);
  }
});

test("a token can be used again within its time, and not after", async (t) => {
  const node = await startAuditedNode(t, { auditors: AUDITORS, first });
  const token = await tokenOf(node.claims());
  assert.deepEqual(await said(await node.with(token)), TAKEN);
  node.state.now += 119;
  assert.deepEqual(await said(await node.with(token)), TAKEN);
  node.state.now += 31;
  assert.deepEqual(await said(await node.with(token)), REFUSED);
});

test("a client that is not on the list gets an error that says so, whatever its token is", async (t) => {
  const identity = simulatedIdentity(5);
  const stranger = signerOf(newKey(formatDid("local", identity), "ES256"));
  const node = await startAuditedNode(t, {
    auditors: AUDITORS,
    first: [...first, publishKey(stranger, { identity: 5 })],
  });
  const token = await tokenOf(node.claims({ iss: stranger.issuer }), { signer: stranger });
  assert.deepEqual(await said(await node.with(token)), [403, "AUDIT_FORBIDDEN"]);
  // A stranger's key under the auditor's name.
  const thief = { ...stranger, keyId: auditor.keyId };
  assert.deepEqual(await said(await node.with(await tokenOf(node.claims(), { signer: thief }))), REFUSED);
});

test("the algorithm is the key's, whatever the token says", async (t) => {
  const node = await startAuditedNode(t, { auditors: AUDITORS, first });
  const kid = auditor.keyId;
  const typ = "mapae-audit+jwt";
  const payload = encoded(node.claims());
  const signed = async (header: object, make: (text: string) => Buffer | Uint8Array | Promise<Uint8Array>) => {
    const text = `${encoded({ typ, kid, ...header })}.${payload}`;
    return `${text}.${Buffer.from(await make(text)).toString("base64url")}`;
  };
  const es256 = (text: string) => auditor.sign(Buffer.from(text));
  const hmac = (key: string | Buffer) => (text: string) => createHmac("sha256", key).update(text).digest();
  assert(auditor.jwk.kty === "EC");
  const x = Buffer.from(auditor.jwk.x, "base64url");
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
  const k256 = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey;
  const other = (key: typeof p384, hash: string) => (text: string) =>
    sign(hash, Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  assert.deepEqual(await said(await node.with(await signed({ alg: "ES256" }, es256))), TAKEN, "this can be taken");
  const forged = [
    `${encoded({ alg: "none", typ, kid })}.${payload}.`,
    `${encoded({ alg: "none", typ, kid })}.${payload}.AA`,
    await signed({ alg: "none" }, es256),
    await signed({ alg: "HS256" }, hmac(JSON.stringify(auditor.jwk))),
    await signed({ alg: "HS256" }, hmac(x)),
    await signed({ alg: "ES384" }, other(p384, "sha384")),
    await signed({ alg: "ES256K" }, other(k256, "sha256")),
    await signed({ alg: "ES256" }, other(k256, "sha256")),
    await signed({ alg: "EdDSA" }, es256),
    await signed({ alg: "RS256" }, es256),
    await signed({ alg: "ES256", crit: ["x"], x: 1 }, es256),
    await signed({ alg: "ES256", b64: false, crit: ["b64"] }, es256),
    await signed({ alg: "ES256", jwk: { kty: "oct", k: "AA" } }, hmac("A")),
    await signed({}, es256),
    `${encoded({ alg: "ES256", typ })}.${payload}.AA`,
    `${Buffer.from("[]").toString("base64url")}.${payload}.AA`,
    `${Buffer.from("{").toString("base64url")}.${payload}.AA`,
  ];
  for (const token of forged) assert.deepEqual(await said(await node.with(token)), REFUSED, token);
  assert.deepEqual(node.faults, []);
});

test("a key is taken while the document lists it for authentication, and only so", async (t) => {
  const node = await startAuditedNode(t, {
    auditors: AUDITORS,
    first: [publishKey(auditor, { purpose: "veriKey" })],
  });
  const { time } = node.chain.tip;
  const answer = async () => said(await node.with(await tokenOf(node.claims())));
  assert.deepEqual(await answer(), REFUSED, "for assertions alone");
  await node.mine(publishKey(auditor, { validTo: time + 100 }));
  assert.deepEqual(await answer(), TAKEN);
  node.state.now = time + 101;
  assert.deepEqual(await answer(), REFUSED, "it ran out, and nothing was written");
  await node.mine(publishKey(auditor));
  assert.deepEqual(await answer(), TAKEN);
  await node.mine(publishKey(auditor, { validTo: 0 }));
  assert.deepEqual(await answer(), REFUSED, "revoked");
  await node.mine(publishKey(auditor));
  await node.mine({ do: "deactivate", identity: 9 });
  assert.deepEqual(await answer(), REFUSED, "the DID was deactivated");
});

test("a key that signs no tokens is no auditor's", async (t) => {
  const key = `0x02${"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"}` as const;
  const secp256k1 = { do: "key", identity: 9, algorithm: "Secp256k1", key, validTo: 4e9, purpose: "sigAuth" } as const;
  const node = await startAuditedNode(t, { auditors: AUDITORS, first: [secp256k1] });
  const state = node.node.index.state("did", simulatedIdentity(9));
  assert.equal(state?.entries.length, 1);
  assert.deepEqual(await said(await node.with(await tokenOf(node.claims()))), REFUSED);
});

test("without auditors only this machine is answered, by its own names", async (t) => {
  const node = await startAuditedNode(t);
  assert.deepEqual(await said(await node.get("/audit/openapi.json")), TAKEN);
  const { port } = new URL(node.url);
  for (const [host, status] of [
    [`127.0.0.1:${port}`, 200],
    ["localhost", 200],
    ["[::1]:1", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example:80", 403],
    ["", 403],
  ] as const) {
    const answer = await ask(Number(port), requestText("/audit/openapi.json", { headers: { host } }));
    assert.equal(answer?.status, status, host);
    assert.equal(answer?.headers.get("access-control-allow-origin"), undefined, "no page may read it");
  }
});

test("on an address that others reach it does not open without auditors", async () => {
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "localhost", "::ffff:10.0.0.1"]) {
    const options = { host, port: 0, auditors: null } as Parameters<typeof startAudit>[0];
    await assert.rejects(async () => startAudit(options), { code: "AUDIT_FORBIDDEN" }, host);
  }
});

test("requests are counted by status, and neither they nor their clients are logged", async (t) => {
  const node = await startAuditedNode(t, { auditors: AUDITORS, first });
  await node.with(await tokenOf(node.claims()));
  await node.get("/audit/changes");
  assert.deepEqual(node.statuses, [200, 401]);
  assert.deepEqual(node.faults, []);
});
