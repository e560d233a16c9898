import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Decision } from "../../gate/decide.ts";
import type { Gate } from "../../gate/gate.ts";
import { parseGatePolicy } from "../../gate/policy.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { TYPE_URI } from "../helpers/registries.ts";
import { AUDIENCE, type GateStage, gateOf, gateStage, INDEX, LIST_URI, NONCE, POLICY } from "./stage.ts";

let stage: GateStage;
let full: Uint8Array;

before(async () => {
  stage = await gateStage();
  full = await stage.bytes();
});

async function opened(given = {}) {
  const open = await gateOf(stage, given);
  assert.equal((await open.gate.importBundle(full)).reason, "newer");
  return open;
}

const short = ({ outcome, reason }: Decision) => `${outcome} ${reason}`;

async function shortCheck(gate: Gate, credential: string, more = {}): Promise<string> {
  return short(await gate.check({ credential, nonce: NONCE, ...more }));
}

test("a gate that took a bundle lets in the holder of a good credential, and says by which block", async () => {
  const { gate } = await opened();
  const decision = await gate.check({ credential: await stage.presented(), nonce: NONCE });
  assert.equal(short(decision), "admit fresh");
  assert.equal(decision.freshness, "fresh");
  assert.equal(decision.answer?.asOf?.hash, await stage.hashOf());
});

test("a revoked and a suspended credential, an index beyond the list and one of a list that is not there are refused by name", async () => {
  const { gate } = await opened();
  assert.equal(await shortCheck(gate, await stage.presented(INDEX.revoked)), "deny revoked");
  assert.equal(await shortCheck(gate, await stage.presented(INDEX.suspended)), "deny suspended");
  assert.equal(await shortCheck(gate, await stage.presented(131_072)), "deny unknownIndex");
  const { issuer, issuedAt, holder } = stage;
  const wanted = { type: TYPE_URI, issuedAt, index: 1, holder: holder.jwk };
  const elsewhere = await issuer.sdJwt({ ...wanted, listUri: LIST_URI.replace(/0$/, "1") });
  const shown = holder.present(elsewhere, { nonce: NONCE, aud: AUDIENCE, iat: await stage.now() });
  assert.equal(await shortCheck(gate, shown), "deny listNotInBundle");
});

test("an issuer of which the bundle says nothing is refused, and never counts as good", async () => {
  const { gate } = await opened();
  const { holder, strangerIssuer } = stage;
  const foreign = await stage.credential(1, { by: strangerIssuer });
  const shown = holder.present(foreign, { nonce: NONCE, aud: AUDIENCE, iat: await stage.now() });
  assert.equal(await shortCheck(gate, shown), "deny issuerNotInBundle");
});

test("a presentation for another gate or another request, of somebody else or too old is refused by the library's own reasons", async () => {
  const { gate, clock } = await opened();
  assert.equal(await shortCheck(gate, await stage.presented(), { nonce: "other" }), "deny otherNonce");
  assert.equal(await shortCheck(gate, await stage.credential()), "deny keyBindingMissing");
  const old = await stage.presented();
  clock.now += 121;
  assert.equal(await shortCheck(gate, old), "deny keyBindingOutOfTime");
  assert.equal(await shortCheck(gate, "no credential"), "deny CREDENTIAL_MALFORMED");
});

test("a type that the policy does not let in and a DID of another network are refused", async () => {
  const { gate } = await opened();
  assert.equal(
    await shortCheck(gate, await stage.credential(1, { type: "https://types.example/other" })),
    "deny typeNotAdmitted",
  );
  const [head = "", payload = ""] = (await stage.credential()).split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const issuer = claims.iss.replace("mapae:local", "mapae:gov-00000000");
  const header = { ...JSON.parse(Buffer.from(head, "base64url").toString()), kid: `${issuer}#k` };
  const text = [header, { ...claims, iss: issuer }].map((one) =>
    Buffer.from(JSON.stringify(one)).toString("base64url"),
  );
  assert.equal(await shortCheck(gate, `${text.join(".")}.AAAA~`), "deny otherNetwork");
});

test("a VC-JWT is let in where the policy wants no key binding, and refused where it does", async () => {
  const { issuer, issuedAt } = stage;
  const credential = await issuer.vcJwt({ type: TYPE_URI, issuedAt, listUri: LIST_URI, index: INDEX.valid });
  const strict = await opened();
  assert.equal(await shortCheck(strict.gate, credential), "deny keyBindingMissing");
  const types = { [TYPE_URI]: { ...POLICY.types[TYPE_URI], keyBinding: false } };
  const { gate } = await opened({ policy: parseGatePolicy({ audience: AUDIENCE, types }) });
  assert.equal(await shortCheck(gate, credential), "admit fresh");
});

test("knowledge that ages lets in with a warning, then nobody: what is bad stays bad, and a guard is asked where the policy says so", async () => {
  const { gate, clock } = await opened();
  const start = clock.now;
  const at = async (age: number, index: number = INDEX.valid) => {
    clock.now = start + age;
    return shortCheck(gate, await stage.presented(index, { at: clock.now }));
  };
  assert.equal(await at(3_600), "admit fresh");
  assert.equal(await at(3_601), "admit stale");
  assert.equal(await at(7_200), "admit stale");
  assert.equal(await at(7_201), "deny expired");
  assert.equal(await at(7_201, INDEX.revoked), "deny revoked");
  const types = { [TYPE_URI]: { ...POLICY.types[TYPE_URI], whenExpired: "ask" } };
  const asking = await opened({ policy: parseGatePolicy({ audience: AUDIENCE, types }) });
  asking.clock.now = start + 7_201;
  const shown = await stage.presented(INDEX.valid, { at: start + 7_201 });
  assert.equal(await shortCheck(asking.gate, shown), "ask expired");
});

test("a clock before what it has seen, or far ahead of it, is a fault: the gate treats itself as stale", async () => {
  const { gate, clock } = await opened();
  const start = clock.now;
  const shown = await stage.presented(INDEX.valid, { at: start });
  clock.now = start - 301;
  const behind = await gate.check({ credential: shown, nonce: NONCE });
  assert.deepEqual([short(behind), behind.freshness, gate.status().clock], ["admit clockBehind", "stale", "behind"]);
  clock.now = start - 300;
  assert.equal(await shortCheck(gate, shown), "admit fresh");
  const types = { [TYPE_URI]: { freshFor: 31_536_000, denyAfter: 31_536_000 } };
  const lax = await opened({ policy: parseGatePolicy({ audience: AUDIENCE, types }) });
  lax.clock.now = start + 604_801;
  const later = await stage.presented(INDEX.valid, { at: lax.clock.now });
  assert.equal(await shortCheck(lax.gate, later), "admit clockAhead");
  lax.clock.now = start + 10;
  assert.equal(await shortCheck(lax.gate, await stage.presented(INDEX.valid, { at: start + 10 })), "admit fresh");
});

test("without a bundle, and without one that has all types of the policy, nobody is let in", async () => {
  const { gate } = await gateOf(stage);
  assert.equal(await shortCheck(gate, await stage.presented()), "deny noBundle");
  const types = { ...POLICY.types, "https://types.example/other": POLICY.types[TYPE_URI] };
  const wider = await gateOf(stage, { policy: parseGatePolicy({ audience: AUDIENCE, types }) });
  assert.equal((await wider.gate.importBundle(full)).reason, "missingType");
  assert.equal(await shortCheck(wider.gate, await stage.presented()), "deny noBundle");
});

test("a gate counts its reasons and keeps nothing else of who came", async () => {
  const { gate } = await opened();
  for (const index of [INDEX.valid, INDEX.valid, INDEX.revoked])
    await gate.check({ credential: await stage.presented(index), nonce: NONCE });
  assert.deepEqual(gate.status().checks, { fresh: 2, revoked: 1 });
  assert.deepEqual(gate.status().bundles, { newer: 1 });
});

test("a policy says what is wrong with it", () => {
  for (const wrong of [
    {},
    { audience: AUDIENCE, types: {} },
    { audience: "", types: { a: {} } },
    { audience: "a", types: { a: { freshFor: -1 } } },
  ]) {
    assert.throws(() => parseGatePolicy(wrong), { code: "GATE_POLICY" });
  }
  assert.throws(() => parseGatePolicy({ audience: "a", types: { a: { freshFor: 9, denyAfter: 8 } } }), {
    code: "GATE_POLICY",
  });
  assert.equal(parseGatePolicy({ audience: "a", types: { a: {} } }).types.a?.whenExpired, "deny");
});

test("a bundle of no type that exists is not made", async () => {
  await assert.rejects(stage.bundle({ types: [`0x${"11".repeat(32)}` as Hash] }), { code: "INVALID_OPTIONS" });
});
