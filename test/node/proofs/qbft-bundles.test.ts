import assert from "node:assert/strict";
import { before, test } from "node:test";
import { memoryStore } from "../../../gate/gate-store.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { type Address, word } from "../../../resolver/primitives/hex.ts";
import { type Bundle, bundleOf, readBundle, withDelta, writeBundle } from "../../../resolver/proofs/bundle.ts";
import { verifyEnvelope } from "../../../resolver/proofs/verify-envelope.ts";
import { describeEnvelope } from "../../gate/describe-state.ts";
import { gateOf, INDEX, NONCE } from "../../gate/stage.ts";
import { VALIDATORS } from "../../helpers/qbft-chain.ts";
import { TYPE_ID } from "../../helpers/registries.ts";
import { type QbftNetwork, qbftNetwork } from "./qbft-network.ts";

const [FIRST, , , , FIFTH, SIXTH] = VALIDATORS;
assert.ok(FIRST && FIFTH && SIXTH);

let chain: QbftNetwork;

before(async () => {
  chain = await qbftNetwork();
});

const describe = (bundle: Bundle) => describeEnvelope(chain, bundle.envelope);

async function gate() {
  const store = memoryStore();
  const opened = await gateOf(chain, { store });
  return {
    ...opened,
    importBundle: async (bundle: Bundle) => (await opened.gate.importBundle(await writeBundle(bundle))).reason,
    trusted: async () => (await store.load())?.trusted?.validators,
    check: async (index: number) => {
      opened.clock.now = await chain.now();
      return (await opened.gate.check({ credential: await chain.presented(index), nonce: NONCE })).reason;
    },
  };
}

test("bundles and deltas follow the validators of a QBFT chain as they join and leave, from the descriptor's on", async (t) => {
  const node = await chain.follow(t, chain.server());
  const [one, other] = [await gate(), await gate()];
  const at = [await chain.height()];
  const fulls = [await node.bundle()];
  assert.deepEqual(fulls[0]?.envelope.handovers, []);
  assert.equal(await one.importBundle(fulls[0] as Bundle), "newer");
  assert.equal(await one.check(INDEX.later), "fresh");

  await chain.turn({ joins: FIFTH });
  await chain.revoke(INDEX.later);
  at.push(await chain.height());
  fulls.push(await node.bundle());
  const joined = await node.bundle(at[0]);
  assert.equal(joined.envelope.handovers.length, 1);
  assert.equal(await one.importBundle(joined), "newer");
  assert.deepEqual(await one.trusted(), chain.validators());
  assert.equal(await one.check(INDEX.later), "revoked");

  await chain.turn({ leaves: FIRST });
  await chain.revoke(INDEX.valid + 1);
  at.push(await chain.height());
  const last = await node.bundle();
  const [fromFirst, fromSecond] = [await node.bundle(at[0]), await node.bundle(at[1])];
  // A gate that holds the second accepts a delta from before it; another goes from one to the next.
  assert.equal(await one.importBundle(fromFirst), "newer");
  for (const bundle of [fulls[0] as Bundle, joined, fromSecond])
    assert.equal(await other.importBundle(bundle), "newer");
  for (const { trusted } of [one, other]) assert.deepEqual(await trusted(), chain.validators());

  // Whatever way it was put together, it is proven from the descriptor alone, and proves the same.
  const wanted = await describe(last);
  const second = withDelta((fulls[0] as Bundle).envelope, joined);
  for (const envelope of [withDelta(second, fromFirst), withDelta(second, fromSecond)]) {
    assert.deepEqual(await describe(bundleOf(envelope)), wanted);
  }
  assert.equal(await (await gate()).importBundle(last), "newer");
  // A gate never goes back behind the validators that it knows, and an older sealed block that it never held is an alarm.
  const third = await gate();
  assert.equal(await third.importBundle(last), "newer");
  assert.equal(await third.importBundle(fulls[1] as Bundle), "olderBlock");
  assert.equal(await third.importBundle(joined), "olderBlock");
  assert.equal(third.gate.status().alarms, 1);
});

test("what knows validators of a time in between gets their hand-overs by a delta since then, from a node that never saw them", async (t) => {
  const first = await chain.follow(t, chain.server());
  const before = chain.validators();
  const leaver = VALIDATORS[2];
  assert.ok(leaver);
  const held = await gate();
  await chain.turn({ leaves: leaver });
  const between = await chain.height();
  const former = await first.bundle();
  assert.equal(await held.importBundle(former), "newer");
  await chain.turn({ joins: leaver });
  await chain.revoke(INDEX.valid + 2);
  assert.deepEqual(new Set(chain.validators()), new Set(before));
  // It finds all that is left of the change: nothing.
  const fresh = await chain.follow(t, chain.server());
  const whole = await fresh.bundle();
  assert.equal(await held.importBundle(whole), "PROOF_VALIDATORS");
  const delta = await fresh.bundle(between);
  assert.equal(delta.envelope.handovers.length, whole.envelope.handovers.length + 2);
  assert.equal(await held.importBundle(delta), "newer");
  assert.deepEqual(await describe(bundleOf(withDelta(former.envelope, delta))), await describe(whole));
});

test("a bundle whose block too few validators sealed, or others, is accepted by no gate", async (t) => {
  const after = await chain.height();
  const collected = (seals: readonly Uint8Array[], quorum: number, number: number) =>
    seals.slice(0, number > after ? quorum - 1 : quorum);
  const lacking = await chain.follow(t, chain.server({ collected }));
  await chain.revoke(INDEX.valid + 5);
  assert.equal(await (await gate()).importBundle(await lacking.bundle()), "PROOF_QUORUM");
  const good = await (await chain.follow(t, chain.server())).bundle();
  const without = bundleOf({ ...good.envelope, handovers: good.envelope.handovers.slice(1) });
  assert.match(await (await gate()).importBundle(without), /^PROOF_(HANDOVER|VALIDATORS)$/);
});

test("two nodes that hold different seals of the same blocks, of higher rounds too, prove the same, and no gate reports a fork", async (t) => {
  const rounds = { round: (number: number) => number % 3 };
  const one = await chain.follow(t, chain.server(rounds));
  const other = await chain.follow(
    t,
    chain.server({ ...rounds, collected: (seals, quorum) => seals.slice(-quorum).reverse() }),
  );
  await chain.revoke(INDEX.valid + 3);
  await assertSame(one, other);
  const since = await chain.height();
  const held = await gate();
  assert.equal(await held.importBundle(await one.bundle()), "newer");
  const [a, b] = [await one.bundle(), await other.bundle()];
  assert.notEqual(a.envelope.header, b.envelope.header);
  assert.equal((await describe(a)).asOf.hash, (await describe(b)).asOf.hash);
  assert.deepEqual(await describe(a), await describe(b));
  assert.equal(await held.importBundle(b), "same");
  assert.equal(held.gate.status().alarms, 0);
  // What one began the other goes on with.
  await chain.revoke(INDEX.valid + 4);
  assert.equal(await held.importBundle(await other.bundle(since)), "newer");
  assert.equal(await held.importBundle(a), "heldBefore");
  assert.equal(await held.importBundle(b), "heldBefore");
  assert.equal(held.gate.status().alarms, 0);
  assert.equal(await held.check(INDEX.valid + 4), "revoked");
});

type Follower = Awaited<ReturnType<QbftNetwork["follow"]>>;

async function assertSame(one: Follower, other: Follower): Promise<void> {
  const did = `did:mapae:local:${chain.account.address.toLowerCase()}`;
  for (const path of [
    `dids/${did}`,
    `accreditations/${did}?type=${TYPE_ID}`,
    `status-lists/${chain.account.address.toLowerCase()}/0`,
  ]) {
    const envelopes = [await one.envelope(path), await other.envelope(path)] as const;
    assert.notEqual(envelopes[0].header, envelopes[1].header);
    assert.deepEqual(await describeEnvelope(chain, envelopes[0]), await describeEnvelope(chain, envelopes[1]), path);
  }
}

test("a gate stores the hand-overs that led to the validators that it trusts, and none that a carrier added", async (t) => {
  const node = await chain.follow(t, chain.server());
  const first = await node.bundle();
  assert.ok(first.envelope.handovers.length > 0);
  await chain.turn({ joins: SIXTH });
  const second = await node.bundle();
  const added = first.envelope.header;
  const store = memoryStore();
  const { gate } = await gateOf(chain, { store });
  const stored = async () => (await readBundle((await store.load())?.bundle as Uint8Array)).envelope.handovers;
  assert.equal((await gate.importBundle(await writeBundle(first))).reason, "newer");
  assert.deepEqual(await stored(), first.envelope.handovers);
  const handovers = [added, ...second.envelope.handovers];
  const padded = bundleOf({ ...second.envelope, handovers, attestations: ["x"] });
  assert.equal((await gate.importBundle(await writeBundle(padded))).reason, "newer");
  assert.deepEqual(await stored(), second.envelope.handovers);
  const again = await gateOf(chain, { store });
  assert.deepEqual(again.gate.status().asOf, gate.status().asOf);
});

test("validators that another descriptor led to are not trusted: a descriptor that names others replaces them", async (t) => {
  const bundle = await (await chain.follow(t, chain.server())).bundle();
  const store = memoryStore();
  const { gate } = await gateOf(chain, { store });
  assert.equal((await gate.importBundle(await writeBundle(bundle))).reason, "newer");
  const { validators } = (await store.load())?.trusted ?? assert.fail();
  // The same network, whose next descriptor names none of the validators that sealed until now.
  const strangers = Array.from({ length: 4 }, (_, at) => word(at + 1).replace(/^0x0{24}/, "0x") as Address);
  const replaced: NetworkDescriptor = { ...chain.network, consensus: { kind: "qbft", validators: strangers } };
  await assert.rejects(gateOf(chain, { store, network: replaced }), { code: /^PROOF_(VALIDATORS|HANDOVER)$/ });
  // A verifier that knows the newest validators of one descriptor starts from those of the other, which are the same.
  const renewed: NetworkDescriptor = { ...chain.network, consensus: { kind: "qbft", validators: [...validators] } };
  const envelope = { ...bundle.envelope, handovers: [] };
  const judged = { now: await chain.now(), maxAge: 60 };
  const known = { block: 0, validators: strangers, first: strangers };
  const { trusted } = await verifyEnvelope(renewed, envelope, { ...judged, trusted: known });
  assert.deepEqual(trusted?.first, validators);
  await assert.rejects(verifyEnvelope(renewed, envelope, { ...judged, trusted: { ...known, first: validators } }), {
    code: "PROOF_VALIDATORS",
  });
});
