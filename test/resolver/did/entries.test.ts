import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyDidEvent, type DidState } from "../../../resolver/did/apply-event.ts";
import { entryBytes, entryHistories, MAX_ENTRY_BYTES } from "../../../resolver/did/entries.ts";
import { runs } from "../../helpers/property.ts";
import { eventsOfVector, type VectorEvent, type VectorIdentity } from "../../helpers/vector-events.ts";

const IDENTITY: VectorIdentity = {
  did: `did:mapae:local:0x${"5a".repeat(20)}`,
  chainId: 31_337,
  registry: `0x${"d1".repeat(20)}`,
};
const DELEGATE = `0x${"01".repeat(20)}`;
/** Attributes of 4 128 bytes that fit at once. */
const FITTING = Math.floor(MAX_ENTRY_BYTES / (32 + 4_096));

/** An attribute whose value has so many bytes, and its own first two. */
const attribute = (number: number, bytes: number) => ({
  attribute: "note",
  value: `0x${number.toString(16).padStart(4, "0")}${"00".repeat(bytes - 2)}`,
});

function fold(vectors: readonly VectorEvent[]): DidState {
  const state = eventsOfVector(IDENTITY, vectors).reduce<DidState | undefined>(
    (before, event) => applyDidEvent(before, event, IDENTITY.chainId),
    undefined,
  );
  return state ?? assert.fail();
}

/** The room is full to the last byte, with attributes that are in force from 100 to 500. */
const FULL: readonly VectorEvent[] = [
  ...Array.from({ length: FITTING }, (_, at) => ({ block: 1, time: 100, ...attribute(at, 4_096), validTo: 500 })),
  {
    block: 1,
    time: 100,
    ...attribute(FITTING, MAX_ENTRY_BYTES - FITTING * (32 + 4_096) - 32),
    validTo: 500,
  },
];
const NEW = attribute(0xff_ff, 4_096);
const isThere = ({ entries }: DidState) => entries.some(({ value }) => value === NEW.value);

test("a new attribute that does not fit moves the head and the newest block alone", () => {
  const full = fold(FULL);
  assert.equal(entryBytes(full.entries), MAX_ENTRY_BYTES);
  const state = fold([...FULL, { block: 2, time: 200, ...attribute(0xff_ff, 2), validTo: 900 }]);
  assert.deepEqual(state.entries, full.entries);
  assert.deepEqual([state.events, state.updated.block], [FULL.length + 1, 2]);
  assert.notEqual(state.head, full.head);
});

test("what is revoked, has run out or was replaced makes room", () => {
  const set = { block: 3, time: 200, ...NEW, validTo: 900 };
  const first = FULL[0] ?? assert.fail();
  assert.equal(isThere(fold([...FULL, { ...first, block: 2, time: 200, validTo: 0 } as VectorEvent, set])), true);
  assert.equal(isThere(fold([...FULL, { ...set, time: 500 }])), false, "the last second of the others");
  assert.equal(isThere(fold([...FULL, { ...set, time: 501 }])), true);
  const service = (character: string) => ({
    attribute: "did/svc/Hub/main",
    value: `urn:${character.repeat(4_092)}`,
    validTo: 900,
  });
  const replacing = ["a", "b", "c"].map((one, at) => ({ block: at + 2, time: 200, ...service(one) }));
  const state = fold([...FULL.slice(0, FITTING - 1), ...replacing]);
  assert.equal(state.entries.length, FITTING);
  assert.equal(state.entries.at(-1)?.value, `0x${Buffer.from(service("c").value).toString("hex")}`);
});

test("an attribute in force can be set again, and any be revoked, however full the room is", () => {
  const first = FULL[0] ?? assert.fail();
  const longer = fold([...FULL, { ...first, block: 2, time: 200, validTo: 900 } as VectorEvent]);
  assert.equal(longer.entries[0]?.validTo, 900);
  const vectors = [...FULL, { block: 2, time: 200, ...NEW, validTo: 0 }];
  assert.equal(entryHistories(eventsOfVector(IDENTITY, vectors)).at(-1)?.changes.at(-1)?.validTo, 0);
});

test("delegates take no room and need none", () => {
  const delegate = { block: 2, time: 200, delegate: DELEGATE, type: "status", validTo: 500 };
  const full = fold([...FULL, delegate]);
  assert.deepEqual([full.entries.length, entryBytes(full.entries)], [FULL.length + 1, MAX_ENTRY_BYTES]);
  assert.equal(fold([{ ...delegate, block: 1, time: 100 }, ...FULL]).entries.length, FULL.length + 1);
});

const anyEvent = fc.record({
  number: fc.integer({ min: 12, max: 20 }),
  bytes: fc.constantFrom(2, 2_000, 4_096, 4_096),
  wait: fc.constantFrom(0, 0, 0, 1, 50),
  validity: fc.constantFrom(0, 40, 400, 400, "revoke" as const),
});

test("the attributes of a state are in force and fit, whatever was written; each event's effect is in the histories", () => {
  let full = 0;
  fc.assert(
    fc.property(fc.array(anyEvent, { minLength: 5, maxLength: 20, size: "max" }), (writes) => {
      let time = 100;
      const first = FULL.slice(0, FITTING - 1);
      const later = writes.map(({ number, bytes, wait, validity }, at) => {
        time += wait;
        const validTo = validity === "revoke" ? 0 : time + validity;
        return { block: at + 2, time, ...attribute(number, bytes), validTo };
      });
      const events = eventsOfVector(IDENTITY, [...first, ...later]);
      let state: DidState | undefined;
      for (const event of events) {
        const before: DidState | undefined = state;
        state = applyDidEvent(state, event, IDENTITY.chainId);
        assert(entryBytes(state.entries) <= MAX_ENTRY_BYTES);
        for (const { validTo } of state.entries) assert(validTo >= event.time);
        assert(event.type === "attribute");
        const set = state.entries.find(({ value }) => value === event.value);
        // What did not fit is not there, else it is as it was just written.
        if (event.validTo === 0) assert.equal(set, undefined);
        else if (set === undefined) full++;
        else assert.equal(set.validTo, event.validTo);
        if (before !== undefined && event.validTo !== 0 && set === undefined) {
          const room = 32 + (event.value.length - 2) / 2;
          const inForce = before.entries.filter(({ validTo }) => validTo >= event.time);
          assert(entryBytes(inForce) + room > MAX_ENTRY_BYTES, "it was refused, and there was room");
        }
      }
      const newest = entryHistories(events).flatMap(({ kind, name, value, changes }) => {
        const { validTo = 0 } = changes.at(-1) ?? {};
        return validTo >= time ? [{ kind, name, value, validTo }] : [];
      });
      const sorted = (entries: readonly { readonly value: string }[]) =>
        [...entries].sort((a, b) => (a.value < b.value ? -1 : 1));
      assert.deepEqual(sorted(newest), sorted(state?.entries ?? []));
    }),
    runs(100),
  );
  assert(full > 50, `only ${full} events found the room full`);
});
