import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { newKey, signerOf } from "../../../node/issuing/key-file.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { CborTag, encodeCbor } from "../../../resolver/status/signed/cbor.ts";
import { sigStructure } from "../../../resolver/status/signed/cwt.ts";
import { verifyStatusCwt, verifyStatusJwt } from "../../../resolver/status/signed/verify-token.ts";

const ISSUER = `did:mapae:local:0x${"a1".repeat(20)}`;
const URI = "https://status.example.gov/lists/0";
const NOW = 1_750_000_000;
const signers = { ES256: signerOf(newKey(ISSUER, "ES256")), EdDSA: signerOf(newKey(ISSUER, "EdDSA")) };
const methods = Object.values(signers).map(({ keyId, jwk }) => ({
  ...{ id: keyId, type: "JsonWebKey2020", controller: ISSUER },
  publicKeyJwk: jwk,
}));
const document = { id: ISSUER, verificationMethod: methods, assertionMethod: methods.map(({ id }) => id) };
const expected = { uri: URI, size: 131_072, now: NOW, document };
const lst = deflateSync(listBytes("token", new Map(), expected.size));

type Key = keyof typeof signers;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

async function jwt(header: Record<string, unknown>, key: Key = "ES256"): Promise<string> {
  const claims = { sub: URI, iat: NOW, exp: NOW + 60, status_list: { bits: 2, lst: lst.toString("base64url") } };
  const whole = { alg: key, typ: "statuslist+jwt", kid: signers[key].keyId, ...header };
  const data = `${part(whole)}.${part(claims)}`;
  return `${data}.${Buffer.from(await signers[key].sign(Buffer.from(data))).toString("base64url")}`;
}

type Members = readonly (readonly [number, unknown])[];

/** The four parts of a COSE_Sign1. */
async function parts(header: Members, { key = "ES256", more = [] }: { key?: Key; more?: Members } = {}) {
  const claims = new Map<number, unknown>([
    [2, URI],
    [6, NOW],
    [4, NOW + 60],
    [65_533, { bits: 2, lst: new Uint8Array(lst) }],
    ...more,
  ]);
  const whole = encodeCbor(
    new Map<number, unknown>([
      [1, { ES256: -7, EdDSA: -8 }[key]],
      [4, Buffer.from(signers[key].keyId)],
      [16, "application/statuslist+cwt"],
      ...header,
    ]),
  );
  const payload = encodeCbor(claims);
  const signature = await signers[key].sign(sigStructure(whole, payload));
  return [whole, new Map(), payload, signature] as const;
}

async function cwt(...given: Parameters<typeof parts>): Promise<Uint8Array> {
  return encodeCbor(new CborTag(18, await parts(...given)));
}

test("a list token's typ is a media type: application/ may be left out, and case does not count (RFC 7515, section 4.1.9)", async () => {
  for (const typ of ["statuslist+jwt", "application/statuslist+jwt", "Application/StatusList+JWT"]) {
    await verifyStatusJwt(await jwt({ typ }), expected);
  }
  for (const typ of [undefined, 5, "JWT", "vc+jwt", "statuslist+cwt", "text/statuslist+jwt"]) {
    await assert.rejects(verifyStatusJwt(await jwt({ typ }), expected), { code: "STATUS_LIST_MALFORMED" }, String(typ));
  }
});

test("COSE header 16 is compared in the same way", async () => {
  for (const type of ["application/statuslist+cwt", "statuslist+cwt", "APPLICATION/statuslist+CWT"]) {
    await verifyStatusCwt(await cwt([[16, type]]), expected);
  }
  for (const type of [new Uint8Array(1), 61, "application/statuslist+jwt", "text/statuslist+cwt"]) {
    const token = await cwt([[16, type]]);
    await assert.rejects(verifyStatusCwt(token, expected), { code: "STATUS_LIST_MALFORMED" }, String(type));
  }
});

test("Ed25519 and EdDSA are one algorithm, and so are ESP256 and ES256 in COSE (RFC 9864)", async () => {
  for (const alg of ["EdDSA", "Ed25519"]) await verifyStatusJwt(await jwt({ alg }, "EdDSA"), expected);
  for (const alg of [-8, -19]) await verifyStatusCwt(await cwt([[1, alg]], { key: "EdDSA" }), expected);
  for (const alg of [-7, -9]) await verifyStatusCwt(await cwt([[1, alg]]), expected);
});

test("an algorithm or a critical header that is not known is unsupported; a known one that is not the key's is a bad signature", async () => {
  const UNSUPPORTED = { code: "STATUS_LIST_UNSUPPORTED" };
  for (const alg of ["none", "ES384", "RS256", "es256"]) {
    await assert.rejects(verifyStatusJwt(await jwt({ alg }), expected), UNSUPPORTED, alg);
  }
  await assert.rejects(verifyStatusJwt(await jwt({ crit: ["exp"], exp: 1 }), expected), UNSUPPORTED);
  for (const alg of [-35, -257, 5, "ES256"]) {
    await assert.rejects(verifyStatusCwt(await cwt([[1, alg]]), expected), UNSUPPORTED, String(alg));
  }
  await assert.rejects(verifyStatusCwt(await cwt([[2, [16]]]), expected), UNSUPPORTED);
  const SIGNATURE = { code: "STATUS_LIST_SIGNATURE" };
  await assert.rejects(verifyStatusJwt(await jwt({ alg: "EdDSA" }), expected), SIGNATURE);
  await assert.rejects(verifyStatusCwt(await cwt([[1, -8]]), expected), SIGNATURE);
});

test("a list token without an alg, with an empty crit, or with white space within is malformed", async () => {
  const MALFORMED = { code: "STATUS_LIST_MALFORMED" };
  for (const header of [{ alg: undefined }, { alg: 7 }, { crit: [] }, { crit: "exp" }]) {
    await assert.rejects(verifyStatusJwt(await jwt(header), expected), MALFORMED, JSON.stringify(header));
  }
  const good = await jwt({});
  for (const text of [good.replace(".", "\n."), `${good} `, `${good}=`, `${good}.`]) {
    await assert.rejects(verifyStatusJwt(text, expected), MALFORMED);
  }
});

test("a CWT that is no tagged COSE_Sign1 of four parts, with bytes and maps in their places, is malformed", async () => {
  const good = await parts([]);
  await verifyStatusCwt(encodeCbor(new CborTag(18, good)), expected);
  const [list, three] = [encodeCbor([1]), good.slice(0, 3)];
  const signed = await signers.ES256.sign(sigStructure(good[0], list));
  const tagged: unknown[] = [
    three,
    [...good, 1],
    new Map(),
    [list, ...good.slice(1)],
    [...good.with(2, list).slice(0, 3), signed],
  ];
  for (const at of [0, 2, 3]) for (const part of ["text", 7]) tagged.push([...good].with(at, part as never));
  const wrong = [Uint8Array.of(0xff), encodeCbor(good), encodeCbor(new CborTag(17, good))];
  for (const [at, token] of [...wrong, ...tagged.map((value) => encodeCbor(new CborTag(18, value)))].entries())
    await assert.rejects(verifyStatusCwt(token, expected), { code: "STATUS_LIST_MALFORMED" }, String(at));
  for (const status of [5, { bits: 2 }, { bits: 2, lst: "text" }, { bits: 3, lst: new Uint8Array(lst) }]) {
    const token = await cwt([], { more: [[65_533, status]] });
    await assert.rejects(verifyStatusCwt(token, expected), { code: "STATUS_LIST_MALFORMED" }, JSON.stringify(status));
  }
  await assert.rejects(verifyStatusCwt(await cwt([[4, 7]]), expected), { code: "STATUS_LIST_KEY" });
});
