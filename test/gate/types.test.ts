import assert from "node:assert/strict";
import { before, test } from "node:test";
import { id } from "ethers";
import { parseGatePolicy } from "../../gate/policy.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { type Bundle, withDelta, writeBundle } from "../../resolver/proofs/bundle.ts";
import { issuerOf } from "../helpers/issue.ts";
import {
  BASE_URI,
  change,
  grantId,
  REASON,
  SCHEMA_HASH,
  SCHEMA_URI,
  SIZE,
  TYPE_ID,
  TYPE_URI,
} from "../helpers/registries.ts";
import { describeEnvelope } from "./describe-state.ts";
import { AUDIENCE, type GateStage, gateOf, gateStage, NONCE, publish } from "./stage.ts";

const CARD_URI = "https://types.example.org/library-card/v1";
const CARD = id(CARD_URI) as Hash;
const BOTH = [TYPE_ID as Hash, CARD];

let stage: GateStage;
/** Accredited for cards alone, as is `ended` until its grant was withdrawn; `pending` accepted none. */
let library: ReturnType<typeof issuerOf>;
let grants: Record<"account" | "library" | "ended" | "pending", string>;
let addresses: Record<"account" | "library" | "ended" | "pending", string>;

before(async () => {
  stage = await gateStage();
  const { trust, council, account, status, did, others, start } = stage;
  const [, own, ended, pending] = others;
  assert.ok(own && ended && pending);
  await trust.addType(CARD_URI, SCHEMA_URI, SCHEMA_HASH);
  const terms = [start, start + 31_536_000n, true, "도서관"] as const;
  for (const to of [account, own, ended, pending]) {
    await trust.connect(council).grantRoot(CARD, to.address, ...terms);
    if (to !== pending) await trust.connect(to).accept(grantId(CARD, to.address));
  }
  await trust.connect(council).withdraw(grantId(CARD, ended.address), start);
  const accounts = { account, library: own, ended, pending };
  const each = <T>(of: (address: string) => T) =>
    Object.fromEntries(Object.entries(accounts).map(([name, { address }]) => [name, of(address)]));
  grants = each((address) => grantId(CARD, address)) as typeof grants;
  addresses = each((address) => address.toLowerCase()) as typeof addresses;
  library = issuerOf(`did:mapae:local:${addresses.library}`);
  await publish(did.connect(own), own.address, library.signer);
  for (const [by, number] of [
    [account, 1n],
    [own, 0n],
  ] as const) {
    await status.connect(by).createList(by.address, number, SIZE, CARD, BASE_URI);
    const list = (await status.listId(by.address, number)) as Hash;
    await status.connect(by).update(list, [change(0n, { revoke: 1n << 3n })], REASON);
  }
});

/** The subjects of a bundle, by kind. */
function idsOf({ envelope }: Bundle, kind: string): string[] {
  return envelope.subjects.flatMap((one) => (one.kind === kind ? [one.id] : [])).sort();
}

test("a bundle of some types has who was accredited for each, and nothing of another type", async () => {
  const cards = await stage.bundle({ types: [CARD] });
  assert.deepEqual(idsOf(cards, "type"), [CARD]);
  // A grant that was withdrawn is there, for what was issued before; one that nobody accepted is not.
  assert.deepEqual(idsOf(cards, "grant"), [grants.account, grants.library, grants.ended].sort());
  assert.deepEqual(idsOf(cards, "did"), [addresses.account, addresses.library, addresses.ended].sort());
  assert.equal(idsOf(cards, "list").length, 2);
  const officials = await stage.bundle();
  assert.deepEqual(idsOf(officials, "list"), [stage.list]);
  assert.ok(!idsOf(officials, "did").includes(addresses.library));
  const both = await stage.bundle({ types: BOTH });
  for (const kind of ["type", "grant", "did", "list"]) {
    const wanted = [...new Set([...idsOf(cards, kind), ...idsOf(officials, kind)])].sort();
    assert.deepEqual(idsOf(both, kind), wanted, kind);
  }
});

test("a gate judges a credential of each type by the accreditation and the list of that type", async () => {
  const policy = parseGatePolicy({ audience: AUDIENCE, types: { [TYPE_URI]: {}, [CARD_URI]: {} } });
  const { gate } = await gateOf(stage, { policy });
  assert.equal((await gate.importBundle(await stage.bytes())).reason, "missingType");
  assert.equal((await gate.importBundle(await stage.bytes({ types: BOTH }))).reason, "newer");
  const iat = await stage.now();
  const check = async (by: typeof library, type: string, list: number, index = 1) => {
    const wanted = { type, issuedAt: iat, listUri: `${BASE_URI}/${list}`, index, holder: stage.holder.jwk };
    const credential = stage.holder.present(await by.sdJwt(wanted), { nonce: NONCE, aud: AUDIENCE, iat });
    return (await gate.check({ credential, nonce: NONCE })).reason;
  };
  assert.equal(await check(stage.issuer, TYPE_URI, 0), "fresh");
  assert.equal(await check(stage.issuer, CARD_URI, 1), "fresh");
  assert.equal(await check(stage.issuer, CARD_URI, 1, 3), "revoked");
  assert.equal(await check(library, CARD_URI, 0), "fresh");
  assert.equal(await check(library, CARD_URI, 0, 3), "revoked");
  // A bundle proves the accreditations of a DID for the types for which it has some.
  assert.equal(await check(library, TYPE_URI, 0), "foreignList");
  assert.equal(await check(library, TYPE_URI, 9), "accreditationUnavailable");
  // Its list of one type says nothing of another type's credentials.
  assert.equal(await check(stage.issuer, CARD_URI, 0), "foreignList");
});

test("a bundle of several types serves a gate that lets in one, and deltas of them equal the bundle of the last block", async () => {
  const first = await stage.bundle({ types: BOTH });
  const one = await gateOf(stage);
  assert.equal((await one.gate.importBundle(await writeBundle(first))).reason, "newer");
  const { asOf } = await describeEnvelope(stage, first.envelope);
  await stage.revoke(77);
  await stage.trust.connect(stage.council).withdraw(grants.library, BigInt(await stage.now()));
  const delta = await stage.bundle({ types: BOTH, since: asOf.number });
  assert.deepEqual(idsOf(delta, "list"), [stage.list]);
  assert.deepEqual(idsOf(delta, "grant"), [grants.library]);
  const wanted = await describeEnvelope(stage, (await stage.bundle({ types: BOTH })).envelope);
  assert.deepEqual(await describeEnvelope(stage, withDelta(first.envelope, delta)), wanted);
  assert.equal((await one.gate.importBundle(await writeBundle(delta))).reason, "newer");
  // A delta of one of the types says nothing new of the other, whose list has a later head.
  const narrow = await stage.bundle({ types: [CARD], since: asOf.number });
  await assert.rejects(describeEnvelope(stage, withDelta(first.envelope, narrow)), { name: "ProofError" });
});
