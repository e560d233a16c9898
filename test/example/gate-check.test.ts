import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { check } from "../../examples/mobile-id/gate/check.ts";
import { type PlacePolicy, policyFor } from "../../examples/mobile-id/gate/policies.ts";
import { clientIdOf, GateRequests } from "../../examples/mobile-id/gate/requests.ts";
import { takeEvidence } from "../../examples/mobile-id/shared/take-evidence.ts";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { REVOKED, SUSPENDED, serveIssuer, TYPE } from "../resolver/evidence/served-issuer.ts";

const DAY = 86_400;
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");

function holderKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { privateKey, jwk: publicKey.export({ format: "jwk" }) };
}

/** What a phone puts into a key binding, each part of which can be changed. */
interface Binding {
  readonly presented: string;
  readonly key: KeyObject;
  readonly payload: Readonly<Record<string, unknown>>;
}

function bound({ presented, key, payload }: Binding): string {
  const data = `${encoded({ alg: "ES256", typ: "kb+jwt" })}.${encoded({ sd_hash: hashOf(presented), ...payload })}`;
  const signature = sign("sha256", Buffer.from(data), { key, dsaEncoding: "ieee-p1363" });
  return `${presented}${data}.${signature.toString("base64url")}`;
}

/** A gate that took what a real node says, and is asked while a fetch would fail. */
async function setUp(t: Parameters<typeof serveIssuer>[0], { claims = ["department"], freshFor = DAY } = {}) {
  const served = await serveIssuer(t);
  const { issuer, wanted, network: descriptor, urls: nodes, now } = served;
  const network = { descriptor, nodes };
  const answers = await takeEvidence(network, [issuer.signer.issuer], fetch);
  t.after(async () => {
    globalThis.fetch = real;
  });
  const real = globalThis.fetch;
  globalThis.fetch = () => assert.fail("a gate asks nobody");
  const policy: PlacePolicy = policyFor("door", { freshFor, credentials: [{ id: "card", vct: TYPE, claims }] });
  const asker = { policy, signer: issuer.signer, purpose: "https://types.example/purposes/door" };
  const requests = new GateRequests(now);
  const holder = holderKey();
  const card = (more: object = {}) => issuer.sdJwt({ ...wanted, holder: holder.jwk, ...more });
  const shown = async (binding: Partial<Binding> = {}, more: { lists?: string[]; other?: GateRequests } = {}) => {
    const { text } = await (more.other ?? requests).make(asker);
    const [, body = ""] = (new URL(text).searchParams.get("request") ?? "").split(".");
    const { nonce } = JSON.parse(Buffer.from(body, "base64url").toString());
    const claimed = { aud: clientIdOf(asker), nonce, iat: now(), ...binding.payload };
    const whole = { presented: await card(), key: holder.privateKey, ...binding, payload: claimed };
    return JSON.stringify({ vp_token: { card: [bound(whole)] }, status_lists: more.lists ?? [] });
  };
  const judge = async (text: string, known = answers) => {
    return (await check(text, { policy, clientId: clientIdOf(asker), requests, network, answers: known, now })).reason;
  };
  return { ...served, answers, requests, card, shown, judge };
}

test("a gate with its network cut opens for a good card, and once for each code", async (t) => {
  const { shown, judge } = await setUp(t);
  const text = await shown();
  assert.equal(await judge(text), "valid");
  assert.equal(await judge(text), "otherNonce", "the same answer again");
  assert.equal(await judge(await shown()), "valid", "the same card for another code");
});

test("each bad answer is refused with its reason, which a person can read in both languages", async (t) => {
  const { shown, judge, card, now: clock } = await setUp(t);
  const now = clock();
  const stranger = holderKey();
  const good = await card();
  const [jwt = ""] = good.split("~");
  const tampered = good.replace(/\.([\w-])([\w-]{85})~/, (_, first, rest) => `.${first === "A" ? "B" : "A"}${rest}~`);
  const rows: readonly (readonly [string, string])[] = [
    ["otherAudience", await shown({ payload: { aud: "decentralized_identifier:did:mapae:local:0xother" } })],
    ["otherNonce", await shown({ payload: { nonce: "another" } })],
    ["otherNonce", await shown({}, { other: new GateRequests(clock) })],
    ["otherPresentation", await shown({ payload: { sd_hash: hashOf(`${jwt}~`) } })],
    ["keyBindingOutOfTime", await shown({ payload: { iat: now - 120 } })],
    ["keyBindingOutOfTime", await shown({ payload: { iat: now + 120 } })],
    ["keyBindingNotOfHolder", await shown({ key: stranger.privateKey })],
    ["keyBindingMalformed", await shown({ payload: { iat: "now" } })],
    ["badSignature", await shown({ presented: tampered })],
    ["revoked", await shown({ presented: await card({ index: REVOKED }) })],
    ["suspended", await shown({ presented: await card({ index: SUSPENDED }) })],
    ["credentialExpired", await shown({ presented: await card({ expiresAt: now - 1 }) })],
    ["unknownIndex", await shown({ presented: await card({ index: 2 ** 24 }) })],
    ["notAccredited", await shown({ presented: await card({ type: "https://types.example/1" }) })],
    ["wrongCard", await shown({ presented: `${jwt}~` })],
    ["malformed", "no JSON"],
    ["malformed", JSON.stringify({ vp_token: { card: [good] } })],
    ["malformed", JSON.stringify({ vp_token: { card: ["x", "y"] } })],
    ["malformed", JSON.stringify({ vp_token: {} })],
  ];
  for (const [reason, text] of rows) {
    assert.equal(await judge(text), reason, text.slice(0, 300));
    for (const language of ["ko", "en"] as const) assert(wordsOf(language).maybe(`reason.${reason}`, "") !== "");
  }
});
