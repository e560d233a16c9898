import assert from "node:assert/strict";
import { before, test } from "node:test";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { attest } from "../../../node/attestations/attest.ts";
import type { Address, Hash, Hex } from "../../../resolver/primitives/hex.ts";
import type { ProofEnvelope } from "../../../resolver/proofs/envelope.ts";
import type { ProofErrorCode } from "../../../resolver/proofs/proof-error.ts";
import { verifyEnvelope } from "../../../resolver/proofs/verify-envelope.ts";
import { listIdOf } from "../../../resolver/status/apply-status-event.ts";
import { listBytes } from "../../../resolver/status/list-bytes.ts";
import { standingOf } from "../../../resolver/trust/accreditation.ts";
import { label } from "../../helpers/contracts.ts";
import { DAY, deployTrust } from "../../helpers/grants.ts";
import { makeOperator } from "../../helpers/operators.ts";
import { runs } from "../../helpers/property.ts";
import { BASE_URI, change, REASON, SIZE, TYPE_ID } from "../../helpers/registries.ts";
import { attestedNetwork } from "./attested-network.ts";

async function setUp() {
  const chain = await deployTrust();
  const { did, status, ministry, others, stranger } = chain;
  const [second, third, issuer] = others;
  assert.ok(second && third && issuer);
  const grants = [await chain.acceptedRoot(ministry)];
  const holders = [ministry, second, third, issuer];
  for (const [depth, to] of [second, third, issuer].entries()) {
    grants.push(await chain.acceptedBelow(grants[depth] as string, holders[depth] as typeof to, to));
  }
  for (const name of ["a", "b"]) await did.connect(issuer).setAttribute(issuer.address, label(name), "0x01", DAY);
  const lists = status.connect(issuer);
  await lists.createList(issuer.address, 0n, SIZE, TYPE_ID, BASE_URI);
  const list = listIdOf(lower(issuer.address), 0n);
  await lists.update(list, [change(0n, { revoke: 5n }), change(511n, { suspend: 1n })], REASON);
  const proofs = await attestedNetwork(chain);
  return {
    ...chain,
    ...proofs,
    lists,
    list,
    issuer: lower(issuer.address),
    stranger: lower(stranger.address),
    holders: holders.map(({ address }) => lower(address)),
    grants: grants as Hash[],
  };
}

let chain: Awaited<ReturnType<typeof setUp>>;
/** One envelope of each kind of subject. */
let good: ProofEnvelope;

before(async () => {
  chain = await setUp();
  const { subject, issuer, stranger, grants, list, holders } = chain;
  const subjects = [
    await subject("did", issuer),
    await subject("did", stranger),
    await subject("type", TYPE_ID as Hash),
    ...(await Promise.all(grants.map((grant) => subject("grant", grant)))),
    await subject("list", list),
  ];
  good = await chain.envelope(subjects, holders.slice(0, 3));
});

async function verify(envelope: unknown, more: { age?: number; maxAge?: number } = {}) {
  const { age = 0, maxAge = 60 } = more;
  return verifyEnvelope(chain.network, envelope, { now: (await chain.now()) + age, maxAge });
}

async function refused(envelope: unknown, code: ProofErrorCode, more: { age?: number; maxAge?: number } = {}) {
  await assert.rejects(verify(envelope, more), { code });
}

test("one envelope proves a DID, one never written, a type, a chain of grants and a list, with nothing but the descriptor", async () => {
  const { issuer, stranger, grants, list } = chain;
  const { asOf, state } = await verify(good);
  assert.equal(asOf.hash, await chain.hashOf());
  assert.equal(state.state("did", issuer)?.events, 2);
  assert.equal(state.state("did", stranger), undefined);
  assert.equal(state.state("type", TYPE_ID as Hash)?.uri, "https://types.example.org/official-id/v1");
  assert.equal(state.state("list", list)?.size, Number(SIZE));
  assert.deepEqual(state.chunk(list, 0), { revoked: 5n, suspended: 0n });
  assert.deepEqual(state.chunk(list, 511), { revoked: 0n, suspended: 1n });
  const lookup = {
    grant: (id: Hash) => state.state("grant", id),
    deactivatedAt: (subject: Address) => state.deactivatedAt(subject),
  };
  assert.deepEqual(standingOf(lookup, grants[3] as Hash, asOf.time).holds, true);
});

test("what an envelope does not speak of is unavailable, never absent", async () => {
  const { state } = await verify({ ...good, subjects: [], identities: [] });
  assert.throws(() => state.state("did", chain.issuer), { code: "UNAVAILABLE" });
  assert.throws(() => state.deactivatedAt(chain.issuer), { code: "UNAVAILABLE" });
});

test("a lying node is caught by name: an event dropped, altered or of another subject, a subject said to be absent", async () => {
  const [did, absent, ...others] = good.subjects as [
    ProofEnvelope["subjects"][number],
    ProofEnvelope["subjects"][number],
  ];
  const with_ = (...subjects: ProofEnvelope["subjects"]) => ({ ...good, subjects: [...subjects, ...others] });
  await refused(with_({ ...did, events: did.events.slice(1) }), "PROOF_HISTORY");
  await refused(with_({ ...did, events: did.events.slice(0, 1) }), "PROOF_HISTORY");
  await refused(with_({ ...did, events: [] }), "PROOF_HISTORY");
  await refused(
    with_({ ...did, events: did.events.map((event) => ({ ...event, time: event.time + 1 })) }),
    "PROOF_HISTORY",
  );
  await refused(with_({ ...absent, events: did.events }), "PROOF_HISTORY");
  await refused(with_(did, did), "PROOF_FORMAT");
  await refused(with_({ ...did, id: TYPE_ID as Hash }), "PROOF_FORMAT");
});

test("a node that serves an old block, one of the future, or another network's is caught by name", async () => {
  await refused(good, "PROOF_STALE", { age: 61 });
  await verify(good, { age: 60 });
  await refused(good, "PROOF_FUTURE", { age: -301 });
  await verify(good, { age: -300 });
  await refused({ ...good, network: "gov-00000000" }, "PROOF_OTHER_NETWORK");
  const other = await attestedNetwork(await deployTrust());
  await refused({ ...good, header: (await other.envelope([])).header }, "PROOF_QUORUM");
});

test("attestations count by operator: too few, one twice, a stranger's, or of another block are refused", async () => {
  const [first, second] = good.attestations as [string, string];
  await refused({ ...good, attestations: [first] }, "PROOF_QUORUM");
  await refused({ ...good, attestations: [first, first] }, "PROOF_QUORUM");
  const block = { number: 1, time: 1, hash: await chain.hashOf(), genesisHash: chain.network.genesisHash };
  const forged = await attest(makeOperator("경찰청"), block);
  await refused({ ...good, attestations: [first, forged, "..", "a.b.c", "", `${second}.x`] }, "PROOF_QUORUM");
  await verify({ ...good, attestations: [forged, first, second] });
  const one = chain.network.consensus;
  assert.ok(one.kind === "attested");
  const twice = { ...one, operators: one.operators.map(({ name }) => ({ name, key: one.operators[0]?.key ?? {} })) };
  await assert.rejects(
    verifyEnvelope({ ...chain.network, consensus: twice }, good, { now: await chain.now(), maxAge: 60 }),
    { code: "PROOF_QUORUM" },
  );
});

test("an operator whose key a descriptor names twice counts once, whatever it adds to the key or however it spells it", async () => {
  const [one, other] = chain.operators;
  const { consensus } = chain.network;
  assert.ok(one && other && consensus.kind === "attested");
  const header = await chain.reader.header("latest");
  assert.ok(header);
  const block = { ...header, genesisHash: chain.network.genesisHash };
  const attestations = [await attest(one, block), await attest({ ...other, signer: one.signer }, block)];
  const { x, ...rest } = one.signer.jwk as { x: string };
  // The last digit of 43 has two bits that encode nothing.
  const last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".indexOf(x.slice(-1));
  const digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".charAt(last ^ 1);
  for (const key of [
    { ...rest, x, use: "sig" },
    { ...rest, x: x.slice(0, -1) + digit },
  ]) {
    const operators = [
      { name: one.name, key: { ...rest, x } },
      { name: other.name, key },
    ];
    const network = { ...chain.network, consensus: { ...consensus, operators } };
    const envelope = { ...good, attestations };
    const judged = { now: await chain.now(), maxAge: 60 };
    await assert.rejects(verifyEnvelope(network, envelope, judged), { code: "PROOF_QUORUM" }, JSON.stringify(key));
  }
});

test("an identity or an accreditation that an envelope names twice is refused: each is read from the tree once", async () => {
  const [address] = good.identities;
  assert.ok(address);
  await refused({ ...good, identities: [address, address] }, "PROOF_FORMAT");
});

test("a registry with other code than the descriptor's, or none, proves nothing", async () => {
  const [deployment] = chain.network.deployments;
  assert.ok(deployment);
  const other = { ...deployment.registries.did, codeHash: `0x${"11".repeat(32)}` as Hash };
  const network = {
    ...chain.network,
    deployments: [{ ...deployment, registries: { ...deployment.registries, did: other } }],
  };
  await assert.rejects(verifyEnvelope(network, good, { now: await chain.now(), maxAge: 60 }), { code: "PROOF_CODE" });
});

test("a network whose descriptor names nobody who seals proves nothing", async () => {
  const network = { ...chain.network, consensus: { kind: "none" } } as const;
  await assert.rejects(verifyEnvelope(network, good, { now: await chain.now(), maxAge: 60 }), {
    code: "PROOF_NO_SEALS",
  });
});

test("whatever byte of an envelope is altered: it proves what it proved, or nothing, by a named error", async () => {
  const text = JSON.stringify(good);
  const wanted = await describe(good);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 0x20, max: 0x7e }), async (at, code) => {
      let altered: unknown;
      try {
        altered = JSON.parse(`${text.slice(0, at)}${String.fromCharCode(code)}${text.slice(at + 1)}`);
      } catch {
        return;
      }
      try {
        assert.deepEqual(await describe(altered), wanted);
      } catch (error) {
        assert.match(String((error as { code?: string }).code), /^(PROOF_|UNAVAILABLE)/, String(error));
      }
    }),
    runs(1_000),
  );
});

/** All that the good envelope speaks of, as another one proves it. */
async function describe(envelope: unknown) {
  const { asOf, state } = await verify(envelope);
  const states = good.subjects.map(({ kind, id }) => ({ ...(state.state(kind, id as Hex) ?? { absent: true }) }));
  return {
    asOf,
    states,
    chunks: [...state.chunks(chain.list)],
    ends: good.identities.map((id) => state.deactivatedAt(id as Address)),
  };
}

test("a list is proven from its newest checkpoint of all chunks on, and from no other chunks", async () => {
  const { lists, list, status, subject } = chain;
  const prior = (await status.head(list)) as Hash;
  await lists.checkpoint(list, 0n, SIZE / 256n);
  await lists.update(list, [change(511n, { reinstate: 1n, revoke: 2n })], REASON);
  const whole = await subject("list", list);
  const events = whole.events.slice(-2);
  const held = new Map([
    [0, { revoked: 5n, suspended: 0n }],
    [511, { revoked: 0n, suspended: 1n }],
  ]);
  const bitmap = (form: "revocation" | "suspension") => {
    // Bitstring lists have the first status in a byte's most significant bit.
    const bytes = listBytes(form, held, Number(SIZE)).map((byte) =>
      Number.parseInt(byte.toString(2).padStart(8, "0").split("").reverse().join(""), 2),
    );
    return deflateSync(bytes).toString("base64url");
  };
  const origin = { issuer: chain.issuer, number: "0" };
  const checkpoint = { ...origin, prior, revoked: bitmap("revocation"), suspended: bitmap("suspension") };
  const { state } = await verify(await chain.envelope([{ ...whole, checkpoint, events }]));
  assert.deepEqual(state.chunk(list, 511), { revoked: 2n, suspended: 0n });
  assert.deepEqual(state.chunk(list, 0), { revoked: 5n, suspended: 0n });
  assert.deepEqual(state.state("list", list)?.origin, { issuer: chain.issuer, number: 0n, baseUri: null });
  const swapped = { ...origin, prior, revoked: checkpoint.suspended, suspended: checkpoint.revoked };
  for (const [altered, code] of [
    [{ checkpoint: swapped, events }, "PROOF_HISTORY"],
    [{ checkpoint: { ...checkpoint, prior: `0x${"11".repeat(32)}` }, events }, "PROOF_HISTORY"],
    [{ checkpoint: { ...checkpoint, revoked: "AAAA" }, events }, "PROOF_FORMAT"],
    [{ checkpoint: { ...checkpoint, number: "1" }, events }, "PROOF_HISTORY"],
    [{ checkpoint: { ...checkpoint, issuer: chain.stranger }, events }, "PROOF_HISTORY"],
    [{ checkpoint, events: events.slice(1) }, "PROOF_HISTORY"],
    [{ checkpoint, events: [] }, "PROOF_HISTORY"],
  ] as const) {
    await refused(await chain.envelope([{ ...whole, ...altered, events: [...altered.events] }]), code);
  }
});

test("a deactivated DID is proven to be, by its events and by the slot of its owner alone", async () => {
  const { did, ministry, subject } = chain;
  await chain.deactivate(ministry);
  const address = lower(ministry.address);
  const time = await chain.now();
  const bySlot = await verify(await chain.envelope([], [address]));
  assert.equal(bySlot.state.deactivatedAt(address), time);
  const byEvents = await verify(await chain.envelope([await subject("did", address)]));
  assert.equal(byEvents.state.state("did", address)?.deactivated?.time, time);
  assert.equal(byEvents.state.deactivatedAt(address), time);
  assert.equal(await did.deactivatedAt(address), BigInt(time));
});

function lower(address: string): Address {
  return address.toLowerCase() as Address;
}
