import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { type GateStore, memoryStore } from "../../gate/gate-store.ts";
import type { Hex } from "../../resolver/primitives/hex.ts";
import { type Bundle, bundleOf, readBundle, writeBundle } from "../../resolver/proofs/bundle.ts";
import { runs } from "../helpers/property.ts";
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

async function holds(store: GateStore) {
  const kept = await store.load();
  assert.ok(kept);
  return describeEnvelope(stage, (await readBundle(kept.bundle)).envelope);
}

async function fresh() {
  const store = memoryStore();
  return { store, ...(await gateOf(stage, { store })) };
}

const bytes = (bundle: Bundle | undefined) => writeBundle(bundle as Bundle);

test("a bundle and deltas in any order that goes on equal the bundle of the last block", async () => {
  const last = fulls.length - 1;
  const wanted = await Promise.all(fulls.map(({ envelope }) => describeEnvelope(stage, envelope)));
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([...fulls.keys()].slice(1, last)),
      fc.infiniteStream(fc.nat()),
      async (stops, choose) => {
        const { gate, store } = await fresh();
        let [held, ...path] = [0, ...stops, last];
        assert.equal((await gate.importBundle(await bytes(fulls[0]))).reason, "newer");
        for (const to of path) {
          // From what is held, or from before: what is known already is left out.
          const from = (choose.next().value as number) % ((held as number) + 1);
          const { reason, problem } = await gate.importBundle(await bytes(deltas[from]?.[to]));
          assert.equal(reason, "newer", `${from} to ${to}, held ${held}: ${problem}`);
          held = to;
          assert.deepEqual(await holds(store), wanted[to]);
        }
      },
    ),
    runs(30),
  );
});

test("a delta that goes on from a block that is not reached, from another one of its height, or to nothing is refused and changes nothing", async () => {
  const { gate, store } = await fresh();
  assert.equal((await gate.importBundle(await bytes(deltas[0]?.[1]))).reason, "PROOF_DELTA");
  await gate.importBundle(await bytes(fulls[0]));
  const before = await holds(store);
  assert.equal((await gate.importBundle(await bytes(deltas[1]?.[2]))).reason, "PROOF_DELTA");
  const good = deltas[0]?.[1] as Bundle;
  const other = { ...good, since: { number: good.since?.number ?? 0, hash: `0x${"11".repeat(32)}` } };
  assert.equal((await gate.importBundle(await bytes(other))).reason, "PROOF_DELTA");
  assert.deepEqual(await holds(store), before);
  assert.equal((await gate.importBundle(await bytes(good))).reason, "newer");
});

test("a delta lacks what a gate with other types would need: the reason names it, and nothing is imported", async () => {
  const { gate, store } = await fresh();
  const [first] = fulls as [Bundle];
  const [, ...subjects] = first.envelope.subjects;
  const lacking = { ...first.envelope, subjects: subjects.filter(({ kind }) => kind !== "list") };
  await gate.importBundle(
    await bytes(
      bundleOf({ ...first.envelope, subjects: [...first.envelope.subjects.slice(0, 1), ...lacking.subjects] }),
    ),
  );
  const before = await holds(store);
  // Its list's later events alone fold to no head.
  assert.equal((await gate.importBundle(await bytes(deltas[0]?.[1]))).reason, "PROOF_HISTORY");
  assert.deepEqual(await holds(store), before);
});

test("a bundle of an older block is an alarm and changes nothing, unless it was held before", async () => {
  const { gate, store } = await fresh();
  for (const at of [0, 2]) await gate.importBundle(await bytes(fulls[at]));
  const before = await holds(store);
  assert.equal((await gate.importBundle(await bytes(fulls[2]))).reason, "same");
  assert.equal((await gate.importBundle(await bytes(fulls[0]))).reason, "heldBefore");
  assert.equal(gate.status().alarms, 0);
  assert.equal((await gate.importBundle(await bytes(fulls[1]))).reason, "olderBlock");
  assert.equal((await gate.importBundle(await bytes(fulls[1]))).reason, "olderBlock");
  assert.deepEqual(await holds(store), before);
  const [one, ...others] = await gate.evidence();
  assert.equal(others.length, 0);
  assert.equal(one?.reason, "olderBlock");
  assert.equal(one?.came.sealed.header, fulls[1]?.envelope.header);
  assert.equal(one?.held.sealed.header, fulls[2]?.envelope.header);
  assert.equal(gate.status().alarms, 1);
});

test("an older block that nobody sealed is no alarm: anybody could make one", async () => {
  const { gate } = await fresh();
  await gate.importBundle(await bytes(fulls[2]));
  const { envelope } = fulls[1] as Bundle;
  const { reason } = await gate.importBundle(
    await bytes(bundleOf({ ...envelope, attestations: envelope.attestations.slice(0, 1) })),
  );
  assert.deepEqual([reason, gate.status().alarms], ["PROOF_QUORUM", 0]);
});

test("two sealed blocks of one height are an alarm, both are kept, and the gate keeps what it has", async () => {
  const own = await gateStage();
  const { ethers } = own;
  await own.bundle();
  const snapshot = await ethers.provider.send("evm_snapshot", []);
  await own.revoke(900);
  const subjects = async () => [
    await own.subject("type", TYPE_ID as Hex),
    await own.subject("grant", own.grants.root as Hex),
    await own.subject("list", own.list),
  ];
  const one = bundleOf(await own.envelope(await subjects()));
  await ethers.provider.send("evm_revert", [snapshot]);
  await own.revoke(901);
  const two = bundleOf(await own.envelope(await subjects()));
  const store = memoryStore();
  const { gate } = await gateOf(own, { store });
  assert.equal((await gate.importBundle(await bytes(one))).reason, "newer");
  assert.equal((await gate.importBundle(await bytes(two))).reason, "otherHash");
  const [found] = await gate.evidence();
  assert.deepEqual(
    [found?.reason, found?.held.sealed.header, found?.came.sealed.header],
    ["otherHash", one.envelope.header, two.envelope.header],
  );
  assert.equal((await readBundle((await store.load())?.bundle as Uint8Array)).envelope.header, one.envelope.header);
});

test("of two bundles no part goes into the other: only one of the two is ever held", async () => {
  const [a, b] = [fulls[1]?.envelope, fulls[3]?.envelope];
  assert.ok(a && b);
  const sealed = (of: typeof a) => ({ header: of.header, attestations: of.attestations, handovers: of.handovers });
  const key = ({ kind, id }: { kind: string; id: string }) => kind + id;
  const changed = b.subjects.find(
    (one) => JSON.stringify(one) !== JSON.stringify(a.subjects.find((other) => key(other) === key(one))),
  );
  assert.ok(changed);
  const mixed = [
    { ...b, ...sealed(a) },
    { ...a, ...sealed(b) },
    { ...b, nodes: a.nodes },
    { ...b, subjects: a.subjects },
    { ...a, attestations: b.attestations },
    { ...b, subjects: b.subjects.map((one) => a.subjects.find((other) => key(other) === key(one)) ?? one) },
  ];
  for (const envelope of mixed) {
    const { gate } = await fresh();
    const { reason } = await gate.importBundle(await bytes(bundleOf(envelope)));
    assert.match(reason, /^PROOF_(QUORUM|NODE_MISSING|HISTORY)$/);
    assert.equal(gate.status().asOf, null);
  }
});

test("a bundle that is ahead of the clock is refused, an old one is accepted: how old knowledge may be is judged with each credential", async () => {
  const { gate, clock } = await fresh();
  const { time } = (await describeEnvelope(stage, (fulls[0] as Bundle).envelope)).asOf;
  clock.now = time - 301;
  assert.equal((await gate.importBundle(await bytes(fulls[0]))).reason, "PROOF_FUTURE");
  clock.now = time + 10 * 365 * 86_400;
  assert.equal((await gate.importBundle(await bytes(fulls[0]))).reason, "newer");
  const shown = await stage.presented(INDEX.valid, { at: clock.now });
  const { outcome, reason } = await gate.check({ credential: shown, nonce: NONCE });
  assert.deepEqual([outcome, reason], ["deny", "expired"]);
});

test("a revocation that a delta brings refuses from then on", async () => {
  const { gate, clock } = await fresh();
  const check = async () =>
    (await gate.check({ credential: await stage.presented(INDEX.later, { at: clock.now }), nonce: NONCE })).reason;
  await gate.importBundle(await bytes(fulls[0]));
  assert.equal(await check(), "fresh");
  await gate.importBundle(await bytes(deltas[0]?.[4]));
  assert.equal(await check(), "revoked");
});
