import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { check } from "../../examples/mobile-id/gate/check.ts";
import { openPlace } from "../../examples/mobile-id/gate/place.ts";
import { policyFor } from "../../examples/mobile-id/gate/policies.ts";
import { clientIdOf, GateRequests } from "../../examples/mobile-id/gate/requests.ts";
import { UsedCopies } from "../../examples/mobile-id/shared/used-copies.ts";
import { wordsOf } from "../../examples/mobile-id/shared/words.ts";
import { memoryStore } from "../../gate/index.ts";
import { gateStage, INDEX, LIST_URI } from "../gate/stage.ts";
import { TYPE_URI } from "../helpers/registries.ts";

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

/** A place whose gate holds a bundle of a real chain, and is asked while a fetch would fail. */
async function setUp(t: { after(end: () => unknown): void }) {
  const stage = await gateStage();
  const { issuer, network } = stage;
  const clock = { now: await stage.now() };
  const now = () => clock.now;
  const credentials = [{ id: "card", vct: TYPE_URI, claims: ["department"] }];
  const policy = policyFor("door", { freshFor: 3_600, denyAfter: 7_200, credentials });
  const asker = { policy, signer: issuer.signer, purpose: "https://types.example/purposes/door" };
  const { gate } = await openPlace(asker, { network, store: memoryStore(), now });
  assert.equal((await gate.importBundle(await stage.bytes())).reason, "newer");
  const real = globalThis.fetch;
  globalThis.fetch = () => assert.fail("a gate asks nobody");
  t.after(() => {
    globalThis.fetch = real;
  });
  const requests = new GateRequests(now);
  let holder = holderKey();
  /** From now on cards are bound to another key: copies of a card are. */
  const nextCopy = () => {
    holder = holderKey();
  };
  const card = (more: object = {}) =>
    issuer.sdJwt({
      type: TYPE_URI,
      issuedAt: stage.issuedAt,
      listUri: LIST_URI,
      index: INDEX.valid,
      holder: holder.jwk,
      ...more,
    });
  const shown = async (binding: Partial<Binding> = {}, other = requests) => {
    const { text } = await other.make(asker);
    const [, body = ""] = (new URL(text).searchParams.get("request") ?? "").split(".");
    const { nonce } = JSON.parse(Buffer.from(body, "base64url").toString());
    const payload = { aud: clientIdOf(asker), nonce, iat: now(), ...binding.payload };
    const whole = { presented: await card(), key: holder.privateKey, ...binding, payload };
    return JSON.stringify({ vp_token: { card: [bound(whole)] } });
  };
  const copies = new UsedCopies();
  const judge = async (text: string) => (await check(text, { policy, requests, gate, copies })).reason;
  return { ...stage, clock, requests, card, shown, judge, gate, nextCopy };
}

test("a gate with its network cut opens for a good card, once for each code and for each copy", async (t) => {
  const { shown, judge, nextCopy } = await setUp(t);
  const text = await shown();
  assert.equal(await judge(text), "valid");
  assert.equal(await judge(text), "otherNonce", "the same answer again");
  assert.equal(await judge(await shown()), "shownBefore", "the same copy for another code");
  nextCopy();
  assert.equal(await judge(await shown()), "valid", "the next copy");
});

test("each bad answer is refused with its reason, which a person can read in both languages", async (t) => {
  const stage = await setUp(t);
  const { shown, judge, card, clock, gate, strangerIssuer, issuedAt } = stage;
  const { now } = clock;
  const good = await card();
  const [jwt = ""] = good.split("~");
  const forged = good.replace(jwt, `${jwt.slice(0, jwt.lastIndexOf("."))}.${"A".repeat(86)}`);
  const wanted = { type: TYPE_URI, issuedAt, listUri: LIST_URI, index: INDEX.valid };
  const { privateKey, jwk } = holderKey();
  const rows: readonly (readonly [string, string])[] = [
    ["otherAudience", await shown({ payload: { aud: "decentralized_identifier:did:mapae:local:0xother" } })],
    ["otherNonce", await shown({ payload: { nonce: "another" } })],
    ["otherNonce", await shown({}, new GateRequests(() => now))],
    ["otherPresentation", await shown({ payload: { sd_hash: hashOf(`${jwt}~`) } })],
    ["keyBindingOutOfTime", await shown({ payload: { iat: now - 240 } })],
    ["keyBindingOutOfTime", await shown({ payload: { iat: now + 120 } })],
    ["keyBindingNotOfHolder", await shown({ key: privateKey })],
    ["keyBindingMalformed", await shown({ payload: { iat: "now" } })],
    ["badSignature", await shown({ presented: forged })],
    ["revoked", await shown({ presented: await card({ index: INDEX.revoked }) })],
    ["suspended", await shown({ presented: await card({ index: INDEX.suspended }) })],
    ["credentialExpired", await shown({ presented: await card({ expiresAt: now - 1 }) })],
    ["unknownIndex", await shown({ presented: await card({ index: 2 ** 24 }) })],
    ["typeNotAdmitted", await shown({ presented: await card({ type: "https://types.example/other" }) })],
    [
      "issuerNotInBundle",
      await shown({ presented: await strangerIssuer.sdJwt({ ...wanted, holder: jwk }), key: privateKey }),
    ],
    ["wrongCard", await shown({ presented: `${jwt}~` })],
    ["malformed", "no JSON"],
    ["malformed", JSON.stringify({ vp_token: { card: [good] } })],
    ["malformed", JSON.stringify({ vp_token: { card: ["x", "y"] } })],
    ["malformed", JSON.stringify({ vp_token: {} })],
  ];
  await judge(await shown());
  const used = await shown();
  const judged = async (reason: string, text: string) => {
    assert.equal(await judge(text), reason, text.slice(0, 300));
    for (const language of ["ko", "en"] as const) assert(wordsOf(language).maybe(`reason.${reason}`, "") !== "");
  };
  for (const [reason, text] of rows) await judged(reason, text);
  await judged("shownBefore", used);
  stage.nextCopy();

  const later = await card({ index: INDEX.later });
  await judged("valid", await shown({ presented: later }));
  await stage.revoke(INDEX.later);
  assert.equal((await gate.importBundle(await stage.bytes())).reason, "newer");
  await judged("revoked", await shown({ presented: later }));
  clock.now += 7_300;
  await judged("expired", await shown());
});
