import assert from "node:assert/strict";
import { test } from "node:test";
import { Interface, id } from "ethers";
import fc from "fast-check";
import { statusRegistryAbi, trustRegistryAbi } from "../../resolver/abi.ts";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError, HistoryIncompleteError } from "../../resolver/errors.ts";
import type { Address, Hash, Hex } from "../../resolver/primitives/hex.ts";
import { applyStatusEvent, hashChunks, listIdOf, startAtCheckpoint } from "../../resolver/status/apply-status-event.ts";
import { decodeStatusLog } from "../../resolver/status/decode-status-log.ts";
import { standingOf } from "../../resolver/trust/accreditation.ts";
import { applyGrantEvent, applyTypeAdded, type GrantState, grantIdOf } from "../../resolver/trust/apply-trust-event.ts";
import { decodeTrustLog } from "../../resolver/trust/decode-trust-log.ts";
import { runs } from "../helpers/property.ts";

const trust = new Interface(trustRegistryAbi);
const status = new Interface(statusRegistryAbi);
const REGISTRY: Address = `0x${"5e".repeat(20)}`;
const ACTOR: Address = `0x${"ac".repeat(20)}`;
const ISSUER: Address = `0x${"15".repeat(20)}`;
const CHAIN_ID = 31_337;
const TIME = 1_800_000_000;
const TYPE = id("urn:type") as Hash;
const SIZE = 131_072n;

/** What the contract would have written, by another's encoder. */
function logOf(contract: Interface, event: string, args: readonly unknown[], blockNumber = 7): Log {
  const fragment = contract.getEvent(event);
  assert(fragment);
  const { topics, data } = contract.encodeEventLog(fragment, args);
  const hash: Hash = `0x${"b0".repeat(32)}`;
  return {
    address: REGISTRY,
    topics: topics as Hash[],
    data: data as Hex,
    blockNumber,
    blockHash: hash,
    transactionHash: hash,
    logIndex: 3,
  };
}

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const address = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const uri = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((c) => String.fromCharCode(c)),
  minLength: 1,
  maxLength: 200,
});
const mask = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const labelText = fc.constantFrom("", "Ministry", "행정안전부", "Ünïted e\u0301", "\u202e", "a".repeat(96));

const granted = fc.record({
  grantId: hash,
  actor: address,
  typeId: hash,
  subject: address,
  number: fc.nat(),
  parent: hash.filter((parent) => /[^0]/.test(parent.slice(2))),
  notBefore: time,
  notAfter: time,
  mayGrant: fc.boolean(),
  label: labelText,
});
const typeAdded = fc.record({ typeId: hash, actor: address, uri, schemaUri: uri, schemaHash: hash });
const created = fc.record({
  list: hash,
  actor: address,
  issuer: address,
  number: mask,
  size: fc.integer({ min: 512, max: 2_048 }).map((words) => 256 * words),
  typeId: hash,
  baseUri: uri,
});
const changes = fc
  .uniqueArray(fc.nat({ max: 4_095 }), { minLength: 1, maxLength: 20 })
  .chain((words) =>
    fc.tuple(
      ...words
        .sort((a, b) => a - b)
        .map((word) =>
          fc
            .tuple(mask, mask, mask)
            .map(([revoke, suspend, other]) => ({ word, revoke, suspend, reinstate: other & ~suspend })),
        ),
    ),
  );
const changed = fc.record({ list: hash, actor: address, reason: hash, changes });

test("every event that an encoder of another makes is read as it was meant", () => {
  const asked = fc.record({ granted, typeAdded, created, changed });
  fc.assert(
    fc.property(asked, (one) => {
      const read = (contract: Interface, event: string, values: object, wanted: object = values) => {
        const log = logOf(contract, event, Object.values(values));
        const decoded = contract === trust ? decodeTrustLog(log, TIME) : decodeStatusLog(log, TIME);
        const { type: _, block, time: at, log: source, ...rest } = decoded;
        assert.deepEqual([block, at, source], [7, TIME, log]);
        assert.deepEqual(rest, { ...wanted });
      };
      const { label } = one.granted;
      read(trust, "Granted", one.granted, { ...one.granted, label: `0x${Buffer.from(label).toString("hex")}` });
      read(trust, "TypeAdded", one.typeAdded);
      read(status, "ListCreated", one.created);
      read(status, "StatusChanged", one.changed);
    }),
    runs(500),
  );
});

test("the events of fixed size are read as they were meant", () => {
  const [subject, actor] = [id("x"), ACTOR];
  assert.equal(decodeTrustLog(logOf(trust, "Accepted", [subject, actor]), TIME).type, "accepted");
  const withdrawn = decodeTrustLog(logOf(trust, "Withdrawn", [subject, actor, 17n]), TIME);
  assert(withdrawn.type === "withdrawn" && withdrawn.from === 17 && withdrawn.grantId === subject);
  assert.equal(decodeStatusLog(logOf(status, "ListClosed", [subject, actor]), TIME).type, "closed");
  const args = [subject, actor, TYPE, SIZE, true, 510n, 2n, id("words")];
  const { type: _, log: __, ...checkpoint } = decodeStatusLog(logOf(status, "Checkpoint", args), TIME);
  const wanted = {
    list: subject,
    actor,
    typeId: TYPE,
    size: 131_072,
    closed: true,
    from: 510,
    count: 2,
    wordsHash: id("words"),
  };
  assert.deepEqual(checkpoint, { ...wanted, block: 7, time: TIME });
});

test("a log with any word, topic or length altered is read or refused by a typed error, never otherwise", () => {
  const log = fc.oneof(
    granted.map((values) => logOf(trust, "Granted", Object.values(values))),
    typeAdded.map((values) => logOf(trust, "TypeAdded", Object.values(values))),
    created.map((values) => logOf(status, "ListCreated", Object.values(values))),
    changed.map((values) => logOf(status, "StatusChanged", Object.values(values))),
    fc.constant(logOf(status, "Checkpoint", [id("x"), ACTOR, TYPE, SIZE, false, 0n, 512n, id("words")])),
  );
  const mutation = fc.record({
    at: fc.nat(),
    word: fc.oneof(hash, fc.constant(`0x${"0".repeat(64)}`)),
    cut: fc.nat({ max: 3 }),
  });
  let refused = 0;
  fc.assert(
    fc.property(log, mutation, (good, { at, word, cut }) => {
      const words = good.data.slice(2).match(/.{64}/g) ?? [];
      if (cut === 0) words.splice(at % (words.length + 1), 0, word.slice(2));
      else if (cut === 1) words.splice(at % words.length, 1);
      else words[at % words.length] = word.slice(2);
      const topics = cut === 3 ? good.topics.slice(0, at % 3) : good.topics;
      const bad: Log = { ...good, topics, data: `0x${words.join("")}` };
      for (const decode of [decodeTrustLog, decodeStatusLog]) {
        try {
          decode(bad, TIME);
        } catch (error) {
          assert(error instanceof ChainDataError, String(error));
          refused++;
        }
      }
    }),
    runs(2_000),
  );
  assert(refused > 2_000);
});

test("a label is kept as the bytes that were written, whatever they say", () => {
  const label = (text: string, damage = (data: string) => data) => {
    const args = [id("x"), ACTOR, TYPE, ISSUER, 0n, id("p"), 0n, 1n, true, text];
    const log = logOf(trust, "Granted", args);
    const event = decodeTrustLog({ ...log, data: damage(log.data) as Hex }, TIME);
    return event.type === "granted" ? event.label : assert.fail();
  };
  for (const text of ["행정안전부", "", "e\u0301", "a\u202eb", "\ue000", "\u{10ffff}"]) {
    assert.equal(label(text), `0x${Buffer.from(text).toString("hex")}`);
  }
  assert.equal(
    label("ab", (data) => data.replace("6162", "61ff")),
    "0x61ff",
  );
});

/** A root that was made at `TIME` and accepted, for the year around. */
function acceptedGrant(number = 0, parent: Hash | null = null): GrantState {
  const grantId = grantIdOf({ typeId: TYPE, subject: ISSUER, parent, number });
  const args = [
    grantId,
    ACTOR,
    TYPE,
    ISSUER,
    BigInt(number),
    parent ?? `0x${"0".repeat(64)}`,
    TIME - 100,
    TIME + 100,
    true,
    "x",
  ];
  const event = decodeTrustLog(logOf(trust, "Granted", args), TIME);
  assert(event.type === "granted" && event.parent === parent);
  const state = applyGrantEvent(undefined, event, CHAIN_ID);
  const accepted = decodeTrustLog(logOf(trust, "Accepted", [grantId, ISSUER]), TIME);
  assert(accepted.type === "accepted");
  return applyGrantEvent(state, accepted, CHAIN_ID);
}

test("what can't follow is refused: a grant twice, one that never was, a second acceptance, a later end", () => {
  const state = acceptedGrant();
  const event = (name: string, args: unknown[]) => {
    const decoded = decodeTrustLog(logOf(trust, name, args), TIME);
    assert(decoded.type !== "typeAdded");
    return decoded;
  };
  const { grantId } = state;
  const again = event("Granted", [grantId, ACTOR, TYPE, ISSUER, 0n, id("p"), 1n, 2n, true, ""]);
  const other = event("Granted", [id("other"), ACTOR, TYPE, ISSUER, 0n, id("p"), 1n, 2n, true, ""]);
  const accepted = event("Accepted", [grantId, ISSUER]);
  const withdrawn = (from: number) => event("Withdrawn", [grantId, ISSUER, BigInt(from)]);
  assert.throws(() => applyGrantEvent(state, again, CHAIN_ID), HistoryIncompleteError);
  assert.throws(() => applyGrantEvent(undefined, other, CHAIN_ID), ChainDataError);
  assert.throws(() => applyGrantEvent(undefined, accepted, CHAIN_ID), HistoryIncompleteError);
  assert.throws(() => applyGrantEvent(state, accepted, CHAIN_ID), HistoryIncompleteError);
  assert.throws(() => applyGrantEvent(state, withdrawn(TIME - 101), CHAIN_ID), HistoryIncompleteError);
  const ended = applyGrantEvent(state, withdrawn(TIME), CHAIN_ID);
  assert.equal(ended.withdrawnFrom, TIME);
  assert.throws(() => applyGrantEvent(ended, withdrawn(TIME), CHAIN_ID), HistoryIncompleteError);
  assert.equal(applyGrantEvent(ended, withdrawn(TIME - 1), CHAIN_ID).withdrawnFrom, TIME - 1);
  assert.throws(() => applyGrantEvent(state, withdrawn(TIME + 100), CHAIN_ID), HistoryIncompleteError);
  assert.equal(applyGrantEvent(state, withdrawn(TIME + 99), CHAIN_ID).withdrawnFrom, TIME + 99);
  const type = decodeTrustLog(logOf(trust, "TypeAdded", [id("wrong"), ACTOR, "urn:type", "urn:s", id("s")]), TIME);
  assert(type.type === "typeAdded");
  assert.throws(() => applyTypeAdded(type, CHAIN_ID), ChainDataError);
});

test("an extension moves the end of a grant to a later time, and nothing else", () => {
  const state = acceptedGrant();
  const extended = (notAfter: number) => {
    const event = decodeTrustLog(logOf(trust, "Extended", [state.grantId, ACTOR, BigInt(notAfter)]), TIME);
    assert(event.type === "extended");
    assert.deepEqual([event.grantId, event.actor, event.notAfter], [state.grantId, ACTOR, notAfter]);
    return event;
  };
  const next = applyGrantEvent(state, extended(TIME + 101), CHAIN_ID);
  assert.notEqual(next.head, state.head);
  assert.deepEqual(next, { ...state, notAfter: TIME + 101, events: 3, head: next.head });
  for (const late of [TIME + 100, TIME]) {
    assert.throws(() => applyGrantEvent(state, extended(late), CHAIN_ID), HistoryIncompleteError);
  }
  assert.throws(() => applyGrantEvent(undefined, extended(TIME), CHAIN_ID), HistoryIncompleteError);
});

test("a grant that does not hold says why, and at which link", () => {
  const root = acceptedGrant();
  const child = acceptedGrant(1, root.grantId);
  const judge = (change: { root?: Partial<GrantState>; child?: Partial<GrantState>; end?: number }, at = TIME) => {
    const grants = new Map(
      [root, child].map((one, index) => [one.grantId, { ...one, ...(index === 0 ? change.root : change.child) }]),
    );
    const lookup = { grant: (grantId: Hash) => grants.get(grantId), deactivatedAt: () => change.end };
    const { chain, ...standing } = standingOf(lookup, child.grantId, at);
    assert.equal(chain.length, 2);
    return standing;
  };
  const at = (reason: string, link: GrantState) => ({ holds: false, reason, link: link.grantId });
  assert.deepEqual(judge({}), { holds: true });
  assert.deepEqual(judge({ child: { accepted: null } }), at("pending", child));
  assert.deepEqual(judge({ root: { accepted: null } }), at("pending", root));
  assert.deepEqual(judge({}, TIME - 101), at("notYetValid", child));
  assert.deepEqual(judge({}, TIME + 100), at("expired", child));
  assert.deepEqual(judge({ root: { notAfter: TIME } }), at("expired", root));
  assert.deepEqual(judge({ child: { withdrawnFrom: TIME } }), at("withdrawn", child));
  assert.deepEqual(judge({ root: { withdrawnFrom: TIME + 1 } }), { holds: true });
  assert.deepEqual(judge({ root: { withdrawnFrom: TIME } }), at("void", root));
  assert.deepEqual(judge({ end: TIME }), at("deactivated", child));
  assert.deepEqual(judge({ end: TIME + 1 }), { holds: true });
  const nobody = { grant: () => undefined, deactivatedAt: () => undefined };
  assert.deepEqual(standingOf(nobody, root.grantId, TIME), { ...at("unknownGrant", root), chain: [] });
  const circle = { ...root, parent: root.grantId };
  assert.throws(() => standingOf({ ...nobody, grant: () => circle }, root.grantId, TIME), ChainDataError);
});

/** A list in which credential 1 was revoked. */
function revokedList() {
  const list = listIdOf(ISSUER, 0n);
  const step = (state: Parameters<typeof applyStatusEvent>[0], name: string, args: unknown[], chunks = new Map()) =>
    applyStatusEvent(state, decodeStatusLog(logOf(status, name, [list, ACTOR, ...args]), TIME), CHAIN_ID, chunks);
  const created = step(undefined, "ListCreated", [ISSUER, 0n, SIZE, TYPE, "https://issuer.example"]).state;
  const change = [id("reason"), [{ word: 0n, revoke: 2n, suspend: 1n, reinstate: 0n }]];
  const { state, chunks } = step(created, "StatusChanged", change);
  return { list, step, created, state, chunks: new Map(chunks), change };
}

test("a list's fold refuses what can't follow, and a checkpoint of other chunks", () => {
  const { list, step, created, state, chunks, change } = revokedList();
  assert.deepEqual(chunks, new Map([[0, { revoked: 2n, suspended: 1n }]]));
  const checkpoint = (given: object) => {
    const {
      typeId,
      size,
      closed,
      from,
      count,
      hash: found,
    } = {
      ...{ typeId: TYPE, size: SIZE, closed: false, from: 0n, count: 512n, hash: hashChunks(chunks, 0, 512) },
      ...given,
    };
    return [typeId, size, closed, from, count, found];
  };
  assert.equal(step(state, "Checkpoint", checkpoint({}), chunks).state.events, 3);
  for (const wrong of [
    { typeId: id("x") },
    { size: SIZE + 256n },
    { closed: true },
    { hash: id("x") },
    { count: 511n },
  ]) {
    assert.throws(() => step(state, "Checkpoint", checkpoint(wrong), chunks), HistoryIncompleteError);
  }
  assert.throws(() => step(undefined, "StatusChanged", change), HistoryIncompleteError);
  assert.throws(() => step(created, "ListCreated", [ISSUER, 0n, SIZE, TYPE, "x"]), HistoryIncompleteError);
  assert.throws(() => step(undefined, "ListCreated", [ISSUER, 1n, SIZE, TYPE, "x"]), ChainDataError);
  const beyond = [id("reason"), [{ word: 512n, revoke: 2n, suspend: 1n, reinstate: 0n }]];
  assert.throws(() => step(state, "StatusChanged", beyond, chunks), ChainDataError);
  const closed = step(state, "ListClosed", []).state;
  assert.throws(() => step(closed, "ListClosed", []), HistoryIncompleteError);
  assert.equal(closed.list, list);
});

test("a fold that begins at a checkpoint of the whole list ends at the same head as one from its creation", () => {
  const { list, step, state, chunks } = revokedList();
  const args = [TYPE, SIZE, false, 0n, 512n, hashChunks(chunks, 0, 512)];
  const whole = step(state, "Checkpoint", args, chunks).state;
  const event = decodeStatusLog(logOf(status, "Checkpoint", [list, ACTOR, ...args]), TIME);
  assert(event.type === "checkpoint");
  const started = startAtCheckpoint(state.head, event, chunks);
  assert.equal(started.head, whole.head);
  assert.equal(started.origin, null);
  assert.throws(() => startAtCheckpoint(state.head, event, new Map()), HistoryIncompleteError);
  const part = { ...event, count: 511, wordsHash: hashChunks(chunks, 0, 511) };
  assert.throws(() => startAtCheckpoint(state.head, part, chunks), HistoryIncompleteError);
  const closed = step(whole, "ListClosed", []).state;
  assert.equal(step(started, "ListClosed", []).state.head, closed.head);
});
