import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { applyDidEvent, type DidState, entryBytes, MAX_ENTRY_BYTES } from "../../../resolver/did/apply-event.ts";
import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { HistoryIncompleteError } from "../../../resolver/errors.ts";
import { eventsOfVector, type VectorEvent, type VectorIdentity } from "../../helpers/vector-events.ts";

const IDENTITY: VectorIdentity = {
  did: `did:mapae:local:0x${"5a".repeat(20)}`,
  chainId: 31_337,
  registry: `0x${"d1".repeat(20)}`,
};
const KEY = { attribute: "did/pub/P256/veriKey", value: "0x01" };

const events = (list: readonly VectorEvent[]) => eventsOfVector(IDENTITY, list);

function fold(list: readonly DidEvent[]): DidState {
  const state = list.reduce<DidState | undefined>((before, event) => applyDidEvent(before, event, 31_337), undefined);
  return state ?? assert.fail();
}

const HISTORY = events([
  { block: 10, time: 100, ...KEY, validTo: 500 },
  { block: 10, time: 100, delegate: `0x${"01".repeat(20)}`, type: "veriKey", validTo: 600 },
  { block: 20, time: 200, ...KEY, validTo: 700 },
  { block: 30, time: 300, ...KEY, validTo: 0 },
]);

test("an entry is what its newest event says, and knows which event set it last", () => {
  const entries = (count: number) =>
    fold(HISTORY.slice(0, count)).entries.map(({ validTo, setAt }) => [validTo, setAt]);
  assert.deepEqual(entries(1), [[500, 1]]);
  assert.deepEqual(entries(2), [
    [500, 1],
    [600, 2],
  ]);
  assert.deepEqual(entries(3), [
    [700, 3],
    [600, 2],
  ]);
  assert.deepEqual(entries(4), [
    [0, 3],
    [600, 2],
  ]);
});

test("a state counts its events and knows its first and last block", () => {
  const { created, updated, events: count, owner, deactivated } = fold(HISTORY);
  assert.deepEqual(
    { created, updated, count },
    { created: { block: 10, time: 100 }, updated: { block: 30, time: 300 }, count: 4 },
  );
  assert.equal(owner, `0x${"5a".repeat(20)}`);
  assert.equal(deactivated, null);
});

test("the owner before the deactivation is kept, with the moment of the end", () => {
  const list = events([
    { block: 10, time: 100, owner: `0x${"0b".repeat(20)}` },
    { block: 11, time: 110, owner: ZeroAddress },
  ]);
  assert.equal(fold(list).owner, `0x${"0b".repeat(20)}`);
  assert.deepEqual(fold(list).deactivated, { block: 11, time: 110 });
});

test("folding changes nothing that was there before", () => {
  const before = fold(HISTORY.slice(0, 2));
  const copy = structuredClone(before);
  for (const event of HISTORY.slice(2, 3)) applyDidEvent(before, event, 31_337);
  assert.deepEqual(before, copy);
  assert.deepEqual(JSON.parse(JSON.stringify(before)), before, "a state is plain JSON");
});

test("an event that can't follow is refused: one before it is missing, it comes twice, or the end was before it", () => {
  const [first, second, third, fourth] = HISTORY;
  assert(first && second && third && fourth);
  const end: DidEvent = { ...fourth, type: "owner", owner: `0x${"00".repeat(20)}`, previousChange: 20 };
  const refused: [what: string, list: DidEvent[], message: RegExp][] = [
    ["the first is missing", [third], /block 20 follows block 10, but the newest event known is of block 0/],
    [
      "one in between is missing",
      [first, fourth],
      /block 30 follows block 20, but the newest event known is of block 10/,
    ],
    ["the first comes twice", [first, second, third, first], /block 10 follows block 0/],
    [
      "an older block comes later",
      [first, second, third, { ...fourth, previousChange: 20, block: 19 }],
      /comes after one of block 20/,
    ],
    [
      "a change after the end",
      [first, second, third, end, { ...fourth, previousChange: 30 }],
      /after the deactivation in block 30/,
    ],
  ];
  for (const [what, list, message] of refused) {
    assert.throws(
      () => fold(list),
      (error) => {
        assert(error instanceof HistoryIncompleteError, `${what}: ${error}`);
        assert.match(error.message, message);
        assert(!error.message.includes("5a5a"), "a node logs it, and no log names a subject");
        return true;
      },
    );
  }
});

/** An attribute whose value has so many bytes, and its own first one. */
const attribute = (first: number, bytes: number) => ({
  attribute: "did/svc/HubService",
  value: `0x${first.toString(16).padStart(2, "0")}${"00".repeat(bytes - 1)}`,
});

test("entries count up to 65 536 bytes; what is new and does not fit moves the head alone, and nothing makes room", () => {
  const delegate = { delegate: `0x${"01".repeat(20)}`, type: "veriKey" };
  const fitting = Array.from({ length: 15 }, (_, at) => ({
    block: at + 1,
    time: 100,
    ...attribute(at, 4_096),
    validTo: 500,
  }));
  const list = events([
    ...fitting,
    { block: 16, time: 100, ...attribute(15, MAX_ENTRY_BYTES - 15 * (32 + 4_096) - 32), validTo: 500 },
    { block: 17, time: 100, ...delegate, validTo: 500 },
    { block: 18, time: 100, ...attribute(16, 1), validTo: 500 },
    { block: 19, time: 100, ...attribute(3, 4_096), validTo: 0 },
    { block: 20, time: 100, ...delegate, validTo: 600 },
    { block: 21, time: 100, owner: `0x${"0b".repeat(20)}` },
  ]);
  const full = fold(list.slice(0, 16));
  assert.equal(entryBytes(full.entries), MAX_ENTRY_BYTES);
  for (const count of [17, 18]) {
    const state = fold(list.slice(0, count));
    assert.deepEqual(state.entries, full.entries);
    assert.deepEqual([state.events, state.updated.block], [count, count]);
    assert.notEqual(state.head, full.head);
  }
  const last = fold(list);
  assert.deepEqual(
    last.entries,
    full.entries.map((entry, at) => (at === 3 ? { ...entry, validTo: 0 } : entry)),
    "what is there can be revoked, and that makes no room",
  );
  assert.equal(last.owner, `0x${"0b".repeat(20)}`);
});
