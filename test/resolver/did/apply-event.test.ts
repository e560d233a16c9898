import assert from "node:assert/strict";
import { test } from "node:test";
import { ZeroAddress } from "ethers";
import { applyDidEvent, type DidState } from "../../../resolver/did/apply-event.ts";
import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import { HistoryIncompleteError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
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

const VECTORS: readonly VectorEvent[] = [
  { block: 10, time: 100, ...KEY, validTo: 500 },
  { block: 10, time: 100, delegate: `0x${"01".repeat(20)}`, type: "veriKey", validTo: 600 },
  { block: 20, time: 200, ...KEY, validTo: 700 },
  { block: 30, time: 300, ...KEY, validTo: 0 },
];
const HISTORY = events(VECTORS);
const key32 = HISTORY[0]?.type === "attribute" ? HISTORY[0].name : assert.fail();

test("a state holds what is in force at its newest event, in the order in which it came into force", () => {
  const entries = (list: readonly DidEvent[]) => fold(list).entries.map(({ name, validTo }) => [name, validTo]);
  const [key, delegate] = HISTORY.map((event) => (event.type === "delegate" ? event.delegateType : key32)) as Hash[];
  assert.deepEqual(entries(HISTORY.slice(0, 1)), [[key, 500]]);
  const both = [
    [key, 700],
    [delegate, 600],
  ];
  assert.deepEqual(entries(HISTORY.slice(0, 3)), both, "what is set again keeps its place");
  assert.deepEqual(entries(HISTORY), [[delegate, 600]], "what is revoked is gone");
  const later = (time: number, validTo: number) => ({ block: time / 10, time, ...KEY, validTo });
  const ended = events([...VECTORS.slice(0, 3), { block: 61, time: 601, owner: `0x${"0b".repeat(20)}` }]);
  assert.deepEqual(entries(ended), [[key, 700]], "what has run out is gone");
  const again = events([...VECTORS, later(400, 900)]);
  assert.deepEqual(entries(again), [
    [delegate, 600],
    [key, 900],
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
