import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { parseDid } from "../../../resolver/did/did.ts";
import { ChainDataError } from "../../../resolver/errors.ts";
import { word } from "../../../resolver/primitives/hex.ts";
import {
  type AsOf,
  dateTime,
  type ResolutionContext,
  resolveLatest,
  resolveVersion,
  type VersionOptions,
} from "../../../resolver/resolution/resolve.ts";
import { assertCode } from "../../helpers/assert-code.ts";
import { publicKey } from "../../helpers/keys.ts";
import { eventsOfVector, stateOfVector, type VectorEvent, type VectorIdentity } from "../../helpers/vector-events.ts";

const DID = `did:mapae:local:0x${"5a".repeat(20)}`;
const IDENTITY: VectorIdentity = { did: DID, chainId: 31_337, registry: `0x${"d1".repeat(20)}` };
/** 15 January 2027, 08:00:00 UTC. */
const T = 1_800_000_000;
const FOREVER = T + 3_000_000_000;

const KEY = { attribute: "did/pub/P256/veriKey", value: publicKey("P256", 1) };
const SHORT = { attribute: "did/pub/Ed25519/veriKey", value: publicKey("Ed25519", 1) };
const SERVICE = { attribute: "did/svc/HubService/hub", value: "https://example.org/" };

/** Three versions: of blocks 10 (two events), 20 and 30; the second key runs out in between, at T + 150. */
const EVENTS: readonly VectorEvent[] = [
  { block: 10, time: T, ...KEY, validTo: FOREVER },
  { block: 10, time: T, ...SHORT, validTo: T + 150 },
  { block: 20, time: T + 100, ...SERVICE, validTo: FOREVER },
  { block: 30, time: T + 200, ...KEY, validTo: 0 },
];
const DEACTIVATED: readonly VectorEvent[] = [...EVENTS, { block: 40, time: T + 300, owner: ZeroAddress }];

const AS_OF: AsOf = { number: 100, hash: word(100), time: T + 1_000, finalizedBlock: 25 };

function contextOf({ now = T + 1_010, asOf = AS_OF }: { now?: number; asOf?: AsOf } = {}): ResolutionContext {
  return { did: parseDid(DID), chainId: IDENTITY.chainId, asOf, now };
}

function latest(events: readonly VectorEvent[], known = contextOf()) {
  return resolveLatest(known, events.length === 0 ? undefined : stateOfVector(IDENTITY, events));
}

function version(events: readonly VectorEvent[], options: VersionOptions, known = contextOf()) {
  return resolveVersion(known, eventsOfVector(IDENTITY, events), options);
}

const fragments = (list: readonly { id: string }[] = []) => list.map(({ id }) => id.slice(DID.length));
const KEY_ID = "#Nrqg3-M_Xwtx-1tbtc1J7Xul2DyeC0bUSy9u_5NSG6g";
const SHORT_ID = "#UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4";

test("a DID that was never written is not found, as of a block", async () => {
  await assertCode(() => latest([]), "NOT_FOUND", { message: /0x5a5a.* was never written, as of block 100$/ });
  await assertCode(() => version([], { versionId: 5 }), "NOT_FOUND", { message: /never written/ });
  await assertCode(() => version([], { versionTime: T }), "NOT_FOUND", { message: /never written/ });
});

test("the newest version says when it was created and updated and has no next", () => {
  const { documentMetadata, resolutionMetadata: known } = latest(EVENTS);
  assert.deepEqual(documentMetadata, {
    created: "2027-01-15T08:00:00Z",
    updated: "2027-01-15T08:03:20Z",
    versionId: "30",
  });
  assert.deepEqual(known, {
    asOf: { block: 100, hash: word(100), time: "2027-01-15T08:16:40Z", finalized: false },
    at: "2027-01-15T08:16:50Z",
  });
});

test("a DID that was only created was not updated, however many events its block has", () => {
  const { documentMetadata } = latest(EVENTS.slice(0, 2));
  assert.deepEqual(documentMetadata, { created: "2027-01-15T08:00:00Z", versionId: "10" });
});

test("a change in the same second but a later block is an update", () => {
  const again = { block: 11, time: T, ...KEY, validTo: 0 };
  const { documentMetadata } = latest([...EVENTS.slice(0, 2), again]);
  assert.deepEqual(documentMetadata, {
    created: "2027-01-15T08:00:00Z",
    updated: "2027-01-15T08:00:00Z",
    versionId: "11",
  });
});

test("the newest version is judged at the clock, or at the block when the clock is behind", () => {
  const asOf = { ...AS_OF, time: T + 150 };
  const at = (now: number) =>
    fragments(latest(EVENTS.slice(0, 2), contextOf({ now, asOf })).document?.verificationMethod);
  assert.deepEqual(at(T - 1_000), ["#controller", KEY_ID, SHORT_ID]);
  assert.deepEqual(at(T + 150), ["#controller", KEY_ID, SHORT_ID]);
  assert.deepEqual(at(T + 151), ["#controller", KEY_ID]);
  const later = { ...AS_OF, time: T + 151 };
  const { document, resolutionMetadata: known } = latest(EVENTS.slice(0, 2), contextOf({ now: T, asOf: later }));
  assert.deepEqual(fragments(document?.verificationMethod), ["#controller", KEY_ID]);
  assert.equal(known.at, dateTime(T + 151));
});

test("the newest version holds until the first thing in it runs out", () => {
  const first = latest(EVENTS.slice(0, 2), contextOf({ now: T, asOf: { ...AS_OF, time: T } }));
  assert.equal(first.holdsUntil, T + 150);
  assert.equal(latest(EVENTS.slice(0, 2)).holdsUntil, FOREVER);
  assert.equal(latest(DEACTIVATED).holdsUntil, undefined);
});

test("a version is named by any block from its own to the next one's, and every name gives the same answer", async () => {
  const first = await version(EVENTS, { versionId: 10 });
  for (const versionId of [11, 19]) assert.deepEqual(await version(EVENTS, { versionId }), first);
  const second = await version(EVENTS, { versionId: 20 });
  for (const versionId of [21, 29]) assert.deepEqual(await version(EVENTS, { versionId }), second);
  assert.notDeepEqual(second, first);
  assert.deepEqual(await version(EVENTS, { versionId: 100 }), await version(EVENTS, { versionId: 30 }));
});

test("an older version is judged in its own block and tells the next one, and what ended since", async () => {
  const { document, documentMetadata, resolutionMetadata: known } = await version(EVENTS, { versionId: 20 });
  assert.deepEqual(fragments(document?.verificationMethod), ["#controller", KEY_ID, SHORT_ID]);
  assert.deepEqual(fragments(document?.service), ["#hub"]);
  assert.deepEqual(documentMetadata, {
    created: "2027-01-15T08:00:00Z",
    updated: "2027-01-15T08:01:40Z",
    versionId: "20",
    nextUpdate: "2027-01-15T08:03:20Z",
    nextVersionId: "30",
  });
  assert.deepEqual(known, {
    asOf: { block: 20, hash: word(20), time: "2027-01-15T08:01:40Z", finalized: true },
    at: "2027-01-15T08:01:40Z",
    validityEnded: [{ id: `${DID}${SHORT_ID}`, validTo: "2027-01-15T08:02:30Z" }],
  });
});

test("a URI in alsoKnownAs that is a key's id neither hides the key's end nor gives the controller one", async () => {
  const alias = (fragment: string, validTo: number): VectorEvent => ({
    ...{ block: 10, time: T, attribute: "did/aka", value: `${DID}${fragment}`, validTo },
  });
  for (const validTo of [T + 120, FOREVER]) {
    const events = [alias(SHORT_ID, validTo), alias("#controller", T + 120), ...EVENTS.slice(0, 2)];
    const { document, resolutionMetadata } = await version(events, { versionId: 10 });
    assert.deepEqual(document?.alsoKnownAs, [`${DID}${SHORT_ID}`, `${DID}#controller`]);
    assert.deepEqual(resolutionMetadata.validityEnded, [{ id: `${DID}${SHORT_ID}`, validTo: "2027-01-15T08:02:30Z" }]);
  }
  const plain = await version([alias("#other", T + 120), ...EVENTS.slice(0, 1)], { versionId: 10 });
  assert.deepEqual(plain.resolutionMetadata.validityEnded, [{ id: `${DID}#other`, validTo: "2027-01-15T08:02:00Z" }]);
});

test("a version does not tell an end that is yet to come", async () => {
  const early = { ...AS_OF, time: T + 150 };
  const at = async (now: number) =>
    (await version(EVENTS.slice(0, 2), { versionId: 10 }, contextOf({ now, asOf: early }))).resolutionMetadata;
  assert.equal((await at(T + 150)).validityEnded, undefined);
  assert.equal((await at(T + 151)).validityEnded?.length, 1);
});

test("the first version was not updated, and the newest by its number has no next", async () => {
  assert.deepEqual((await version(EVENTS, { versionId: 10 })).documentMetadata, {
    created: "2027-01-15T08:00:00Z",
    versionId: "10",
    nextUpdate: "2027-01-15T08:01:40Z",
    nextVersionId: "20",
  });
  assert.deepEqual((await version(EVENTS, { versionId: 30 })).documentMetadata, latest(EVENTS).documentMetadata);
});

test("a version by time is judged at that very second, with what was known then", async () => {
  const at = async (versionTime: number) => {
    const { document, documentMetadata, resolutionMetadata: known } = await version(EVENTS, { versionTime });
    assert.equal(known.at, dateTime(versionTime));
    return [documentMetadata.versionId, ...fragments(document?.verificationMethod).slice(1)];
  };
  assert.deepEqual(await at(T), ["10", KEY_ID, SHORT_ID]);
  assert.deepEqual(await at(T + 99), ["10", KEY_ID, SHORT_ID]);
  assert.deepEqual(await at(T + 100), ["20", KEY_ID, SHORT_ID]);
  assert.deepEqual(await at(T + 150), ["20", KEY_ID, SHORT_ID]);
  assert.deepEqual(await at(T + 151), ["20", KEY_ID]);
  assert.deepEqual(await at(T + 199), ["20", KEY_ID]);
  assert.deepEqual(await at(T + 200), ["30"]);
  assert.deepEqual(await at(T + 1_000), ["30"]);
});

test("no more of a history is read than it takes to know a version and the next one", async () => {
  const read: number[] = [];
  async function* history() {
    for (const event of eventsOfVector(IDENTITY, EVENTS)) {
      read.push(event.block);
      yield event;
    }
  }
  const { documentMetadata } = await resolveVersion(contextOf(), history(), { versionId: 15 });
  assert.deepEqual([documentMetadata.versionId, documentMetadata.nextVersionId], ["10", "20"]);
  assert.deepEqual(read, [10, 10, 20]);
});

test("a version before the first one is not found, and says when that was", async () => {
  await assertCode(() => version(EVENTS, { versionId: 9 }), "NOT_FOUND", { message: /first written in block 10/ });
  await assertCode(() => version(EVENTS, { versionId: 0 }), "NOT_FOUND", { message: /first written in block 10/ });
  await assertCode(() => version(EVENTS, { versionTime: T - 1 }), "NOT_FOUND", {
    message: /first written in block 10/,
  });
});

test("a version that is not known yet is never read as one that does not exist", async () => {
  for (const events of [EVENTS, []]) {
    await assertCode(() => version(events, { versionId: 101 }), "UNAVAILABLE", {
      message: /101.*up to 100 only: ask again later/,
    });
  }
});

test("a time between the newest block and now is answered as of that block, which is before the time judged", async () => {
  for (const versionTime of [T + 1_001, T + 1_005, T + 1_010]) {
    const { resolutionMetadata: known, documentMetadata, document } = await version(EVENTS, { versionTime });
    assert.deepEqual([known.asOf.block, known.asOf.time, known.at], [100, dateTime(T + 1_000), dateTime(versionTime)]);
    assert.deepEqual([documentMetadata.versionId, documentMetadata.nextVersionId], ["30", undefined]);
    assert.deepEqual(document, (await version(EVENTS, { versionTime: T + 1_000 })).document);
  }
  await assertCode(() => version([], { versionTime: T + 1_005 }), "NOT_FOUND", { message: /never written/ });
});

test("a time that is yet to come is no version's, by the clock or by the newest block", async () => {
  await assertCode(() => version(EVENTS, { versionTime: T + 1_011 }), "INVALID_OPTIONS", {
    message: /2027-01-15T08:16:51Z.*yet to come/,
  });
  const behind = contextOf({ now: T });
  await assertCode(() => version(EVENTS, { versionTime: T + 1_001 }, behind), "INVALID_OPTIONS", {
    message: /yet to come/,
  });
  assert.equal((await version(EVENTS, { versionTime: T + 1_000 }, behind)).documentMetadata.versionId, "30");
});

test("a block and a time at once are no version", async () => {
  await assertCode(() => version(EVENTS, { versionId: 10, versionTime: T }), "INVALID_OPTIONS", {
    message: /wanted one of them/,
  });
});

test("a deactivated DID has no document, but its older versions have", async () => {
  for (const resolution of [latest(DEACTIVATED), await version(DEACTIVATED, { versionId: 50 })]) {
    assert.equal(resolution.document, null);
    assert.deepEqual(resolution.documentMetadata, {
      created: "2027-01-15T08:00:00Z",
      updated: "2027-01-15T08:05:00Z",
      deactivated: true,
      versionId: "40",
    });
  }
  const { document, documentMetadata } = await version(DEACTIVATED, { versionId: 20 });
  assert.deepEqual(document, (await version(EVENTS, { versionId: 20 })).document);
  assert.equal(documentMetadata.deactivated, undefined);
  assert.equal((await version(DEACTIVATED, { versionId: 39 })).documentMetadata.nextVersionId, "40");
  assert.equal((await version(DEACTIVATED, { versionTime: T + 299 })).documentMetadata.versionId, "30");
});

test("a DID whose first event deactivates it was never updated", () => {
  const { document, documentMetadata } = latest([{ block: 10, time: T, owner: ZeroAddress }]);
  assert.equal(document, null);
  assert.deepEqual(documentMetadata, { created: "2027-01-15T08:00:00Z", deactivated: true, versionId: "10" });
});

test("an answer is final when its block is", async () => {
  const finalized = (finalizedBlock: number) =>
    Promise.all(
      [10, 20, 30].map(async (versionId) => {
        const known = contextOf({ asOf: { ...AS_OF, finalizedBlock } });
        return (await version(EVENTS, { versionId }, known)).resolutionMetadata.asOf.finalized;
      }),
    );
  assert.deepEqual(await finalized(-1), [false, false, false]);
  assert.deepEqual(await finalized(20), [true, true, false]);
  assert.equal(
    latest(EVENTS, contextOf({ asOf: { ...AS_OF, finalizedBlock: 100 } })).resolutionMetadata.asOf.finalized,
    true,
  );
});

test("times are in UTC without a fraction, up to the end of the year 9999, which only a lying chain passes", async () => {
  assert.equal(dateTime(0), "1970-01-01T00:00:00Z");
  assert.equal(dateTime(253_402_300_799), "9999-12-31T23:59:59Z");
  for (const time of [253_402_300_800, Number.MAX_SAFE_INTEGER]) assert.throws(() => dateTime(time), ChainDataError);
  await assertCode(() => latest(EVENTS, contextOf({ asOf: { ...AS_OF, time: 253_402_300_800 } })), "CHAIN_DATA", {
    message: /253402300800.*year 9999/,
  });
});
