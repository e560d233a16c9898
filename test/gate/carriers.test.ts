import assert from "node:assert/strict";
import { before, test } from "node:test";
import { memoryStore } from "../../gate/gate-store.ts";
import { bytesOf } from "../../gate/held.ts";
import type { Hex } from "../../resolver/primitives/hex.ts";
import { BUNDLE_BOUNDS, type Bundle, bundleOf, readBundle, writeBundle } from "../../resolver/proofs/bundle.ts";
import { verifyEnvelope } from "../../resolver/proofs/verify-envelope.ts";
import { TYPE_ID } from "../helpers/registries.ts";
import { bundleHistory } from "./bundle-history.ts";
import { describeEnvelope } from "./describe-state.ts";
import { type GateStage, gateOf, gateStage, INDEX, NONCE } from "./stage.ts";

let stage: GateStage;
let fulls: readonly Bundle[];
let deltas: readonly (readonly Bundle[])[];

before(async () => {
  stage = await gateStage();
  ({ fulls, deltas } = await bundleHistory(stage));
});

async function fresh() {
  const store = memoryStore();
  return { store, ...(await gateOf(stage, { store })) };
}

const bytes = (bundle: Bundle | undefined) => writeBundle(bundle as Bundle);

/** A bundle with everything that a carrier can add to it without altering what it proves. */
const padded = ({ envelope, since }: Bundle, bytes: number): Bundle =>
  bundleOf(
    {
      ...envelope,
      attestations: ["x".repeat(bytes), ...envelope.attestations, ...envelope.attestations],
      handovers: [...envelope.handovers, envelope.header],
      nodes: [...envelope.nodes, "0x00"],
    },
    since,
  );

test("unverified additions of a carrier to a bundle are not stored: neither with the bundle, nor with its block, nor as evidence", async () => {
  const { gate, store } = await fresh();
  const [first, second, third] = fulls as [Bundle, Bundle, Bundle];
  for (const bundle of [first, third])
    assert.equal((await gate.importBundle(await bytes(padded(bundle, 100)))).reason, "newer");
  assert.equal((await gate.importBundle(await bytes(padded(second, 100)))).reason, "olderBlock");
  const { attestations, handovers, nodes } = third.envelope;
  const kept = await store.load();
  const held = (await readBundle(kept?.bundle as Uint8Array)).envelope;
  assert.deepEqual(
    [held.attestations, held.handovers, held.nodes.toSorted()],
    [attestations, handovers, nodes.toSorted()],
  );
  assert.deepEqual(
    kept?.blocks.map(({ sealed }) => [sealed.attestations, sealed.handovers]),
    [
      [first.envelope.attestations, []],
      [attestations, []],
    ],
  );
  const [evidence] = await gate.evidence();
  assert.deepEqual(evidence?.came.sealed.attestations, second.envelope.attestations);
  assert.deepEqual(evidence?.held.sealed.attestations, attestations);
});

test("a gate that imported a bundle and a delta of 34 MiB each is opened again", async () => {
  const { gate, store } = await fresh();
  const size = 34 * 1_048_576;
  const [first, delta] = [fulls[0] as Bundle, deltas[0]?.[1] as Bundle];
  const large = bundleOf({ ...first.envelope, handovers: [`0x${"00".repeat(size / 2)}`] });
  assert.equal((await gate.importBundle(await bytes(large))).reason, "newer");
  assert.equal((await gate.importBundle(await bytes(padded(delta, size)))).reason, "newer");
  const again = await gateOf(stage, { store });
  assert.deepEqual(again.gate.status().asOf, gate.status().asOf);
});

test("a bundle and deltas that are together more than a gate can read again are refused", async () => {
  const envelope = { ...(fulls[0] as Bundle).envelope, nodes: [`0x${"00".repeat(BUNDLE_BOUNDS.json / 2)}`] };
  await assert.rejects(bytesOf({ envelope }), { code: "PROOF_FORMAT" });
});

test("a later bundle that leaves out what the held one has is refused, so that no carrier makes a gate forget an issuer", async () => {
  const [first, , later] = fulls as [Bundle, Bundle, Bundle];
  for (const kind of ["did", "grant", "list"]) {
    const { gate, clock } = await fresh();
    await gate.importBundle(await bytes(first));
    const subjects = later.envelope.subjects.filter((one) => one.kind !== kind);
    const less = bundleOf({ ...later.envelope, subjects, accreditations: [] });
    assert.equal((await gate.importBundle(await bytes(less))).reason, "narrower");
    const credential = await stage.presented(INDEX.valid, { at: clock.now });
    assert.equal((await gate.check({ credential, nonce: NONCE })).reason, "fresh", kind);
    assert.equal((await gate.importBundle(await bytes(later))).reason, "newer");
  }
});

/** A bundle from which a carrier took an issuer's grant; and with it, where asked, the proof of how many grants it accepted. */
function withoutGrant({ envelope, since }: Bundle, subject: string, leavesProof: boolean): Bundle {
  const { accreditations = [], ...rest } = envelope;
  const subjects = rest.subjects.filter(({ id }) => id !== stage.grants.grant);
  const left = accreditations.filter((one) => leavesProof || one.subject !== subject);
  return bundleOf({ ...rest, subjects, accreditations: left }, since);
}

test("an issuer whose grant was left out of a bundle is never said to be not accredited", async () => {
  const issuer = stage.account.address.toLowerCase();
  const { gate, clock } = await fresh();
  const check = async () => {
    const credential = await stage.presented(INDEX.valid, { at: clock.now });
    return (await gate.check({ credential, nonce: NONCE })).reason;
  };
  const known = withoutGrant(fulls[0] as Bundle, issuer, true);
  assert.equal((await gate.importBundle(await bytes(known))).reason, "PROOF_INCOMPLETE");
  const unknown = withoutGrant(fulls[0] as Bundle, issuer, false);
  assert.equal((await gate.importBundle(await bytes(unknown))).reason, "newer");
  assert.equal(await check(), "accreditationUnavailable");
  // Deltas do not bring the grant back, the whole bundle of the same block does.
  assert.equal((await gate.importBundle(await bytes(deltas[0]?.[1]))).reason, "newer");
  assert.equal(await check(), "accreditationUnavailable");
  assert.equal((await gate.importBundle(await bytes(fulls[1]))).reason, "newer");
  assert.equal(await check(), "fresh");
  assert.equal((await gate.importBundle(await bytes(unknown))).reason, "heldBefore");
});

test("a whole bundle of the held block is accepted for what the held one lacks, and never for less", async () => {
  const { gate } = await fresh();
  const [first] = fulls as [Bundle];
  const one = bundleOf({ ...first.envelope, subjects: first.envelope.subjects.filter(({ kind }) => kind !== "list") });
  assert.equal((await gate.importBundle(await bytes(one))).reason, "newer");
  assert.equal((await gate.importBundle(await bytes(one))).reason, "same");
  // It has the list, but not the grants.
  const other = first.envelope.subjects.filter(({ kind }) => kind !== "grant");
  const { accreditations: _, ...rest } = first.envelope;
  assert.equal((await gate.importBundle(await bytes(bundleOf({ ...rest, subjects: other })))).reason, "narrower");
  assert.equal((await gate.importBundle(await bytes(first))).reason, "newer");
  assert.equal((await gate.importBundle(await bytes(first))).reason, "same");
});

test("a bundle proves for each issuer that none of its grants is missing, also after deltas and a second grant", async () => {
  const own = await gateStage();
  const first = await own.bundle();
  const { number } = (await describeEnvelope(own, first.envelope)).asOf;
  await own.acceptedBelow(own.grants.root, own.ministry, own.account);
  const delta = await own.bundle({ since: number });
  assert.equal(delta.envelope.accreditations, undefined, "both issuers are in the first bundle");
  const store = memoryStore();
  const { gate } = await gateOf(own, { store });
  for (const bundle of [first, delta]) assert.equal((await gate.importBundle(await bytes(bundle))).reason, "newer");
  const held = await readBundle((await store.load())?.bundle as Uint8Array);
  const issuer = own.account.address.toLowerCase() as Hex;
  assert.deepEqual(
    new Set(held.envelope.accreditations?.map(({ subject }) => subject)),
    new Set([issuer, own.ministry.address.toLowerCase()]),
  );
  const options = { now: 4e9, maxAge: Number.POSITIVE_INFINITY };
  const { state } = await verifyEnvelope(own.network, held.envelope, options);
  assert.equal(state.acceptedGrants({ subject: issuer, typeId: TYPE_ID as Hex })?.length, 2);
});
