import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Decision, decide, refusalOf } from "../../gate/decide.ts";
import type { Gate } from "../../gate/gate.ts";
import { memoryStore } from "../../gate/gate-store.ts";
import { parseGatePolicy } from "../../gate/policy.ts";
import { readCredential } from "../../resolver/credential/read-credential.ts";
import { MapaeError } from "../../resolver/errors.ts";
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

test("with an ageing bundle the gate admits with a warning, then admits nobody; invalid credentials stay denied, and a guard decides where the policy says so", async () => {
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

test("whatever the verdict, the age and the clock are, only a valid credential is let in, and by no expired bundle", async () => {
  const policy = { ...(POLICY.types[TYPE_URI] ?? assert.fail()), whenExpired: "ask" as const };
  const credential = readCredential(await stage.credential());
  const verdicts = [
    { verdict: "valid" },
    { verdict: "unknown", reason: "stale" },
    { verdict: "unknown", reason: "statusUnavailable" },
    { verdict: "invalid", reason: "revoked" },
  ] as const;
  for (const answer of verdicts) {
    for (const clock of ["good", "behind", "ahead"] as const) {
      for (const freshness of ["fresh", "stale", "expired"] as const) {
        const { outcome } = decide({ ...answer, steps: [], credential }, { freshness, clock, policy });
        const isGood = answer.verdict === "valid" || answer.reason === "stale";
        const isLetIn = answer.verdict === "valid" && freshness !== "expired";
        const wanted = isLetIn ? "admit" : isGood ? "ask" : "deny";
        assert.equal(outcome, wanted, JSON.stringify([answer, clock, freshness]));
      }
    }
  }
});

test("only a text that is no credential has a reason of its own to be refused; another error is a fault", () => {
  assert.throws(
    () => readCredential("no credential"),
    (error) => refusalOf(error) === "CREDENTIAL_MALFORMED",
  );
  class Other extends MapaeError {
    readonly code = "OTHER";
  }
  assert.equal(refusalOf(new Other("another")), undefined);
});

test("a clock before the times it has seen, or far ahead of them, is a fault, and the gate treats its bundle as stale", async () => {
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

test("the freshness of a gate is said for each type of its policy, and of none that its bundle lacks", async () => {
  const store = memoryStore();
  await opened({ store });
  const types = { ...POLICY.types, "https://types.example/other": POLICY.types[TYPE_URI] };
  const { gate, clock } = await gateOf(stage, { store, policy: parseGatePolicy({ audience: AUDIENCE, types }) });
  const time = gate.status().asOf?.time ?? assert.fail();
  for (const [age, freshness] of [
    [3_600, "fresh"],
    [3_601, "stale"],
    [7_201, "expired"],
  ] as const) {
    clock.now = time + age;
    assert.deepEqual(gate.status().types, { [TYPE_URI]: freshness, "https://types.example/other": null });
  }
});

test("a gate stores the time that it saw once in a minute, while it has a bundle and its clock is good", async () => {
  const stored: number[] = [];
  const store = { ...memoryStore(), saveSeen: async (seen: number) => void stored.push(seen) };
  const policy = parseGatePolicy({ audience: AUDIENCE, types: POLICY.types, clockMaxAhead: 3_155_760_000 });
  const { gate, clock } = await gateOf(stage, { store, policy });
  const credential = await stage.credential();
  const checkAt = async (now: number) => {
    clock.now = now;
    await gate.check({ credential });
  };
  const start = clock.now;
  await checkAt(start + 1_000_000);
  clock.now = start;
  assert.equal((await gate.importBundle(full)).reason, "newer");
  assert.equal(gate.status().clock, "good");
  const time = gate.status().asOf?.time ?? assert.fail();
  for (const later of [59, 60, 119, 120, 121, -181]) await checkAt(time + later);
  await gate.close();
  assert.deepEqual(stored, [time + 60, time + 120]);
});

test("a gate counts its reasons and stores nothing else about visitors", async () => {
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
