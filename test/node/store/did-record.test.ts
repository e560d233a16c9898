import assert from "node:assert/strict";
import { test } from "node:test";
import { hexlify } from "ethers";
import fc from "fast-check";
import { changesOf, readState } from "../../../node/store/content/states.ts";
import type { Batch } from "../../../node/store/database.ts";
import { ENTRIES, isIn } from "../../../node/store/keys.ts";
import type { DidState } from "../../../resolver/did/apply-event.ts";
import type { Entry } from "../../../resolver/did/entries.ts";
import { type Hex, word } from "../../../resolver/primitives/hex.ts";
import type { StateOf } from "../../../resolver/registry-event.ts";
import { ChainSimulator, type SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { runs } from "../../helpers/property.ts";
import { memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

const ID: Hex = `0x${"1d".repeat(20)}`;
const bytes = (minLength: number, maxLength = minLength) =>
  fc.uint8Array({ minLength, maxLength }).map((one) => hexlify(one) as Hex);
const moment = fc.record({ block: fc.integer({ min: 1 }), time: fc.maxSafeNat() }, { noNullPrototype: true });
const entry: fc.Arbitrary<Entry> = fc.record(
  {
    kind: fc.constantFrom("attribute", "delegate"),
    name: bytes(32),
    value: bytes(0, 300),
    validTo: fc.maxSafeNat(),
  },
  { noNullPrototype: true },
);
const state: fc.Arbitrary<DidState> = fc.record(
  {
    address: fc.constant(ID),
    owner: bytes(20),
    deactivated: fc.option(moment),
    created: moment,
    updated: moment,
    events: fc.maxSafeNat(),
    head: bytes(32),
    entries: fc.array(entry, { maxLength: 60 }),
  },
  { noNullPrototype: true },
);

/** What is stored after a change of a DID from one state to another. */
function apply(records: Map<string, string>, after: DidState, before: DidState | undefined): void {
  for (const change of changesOf({ states: [{ kind: "did", id: ID, state: after, before }], chunks: [] })) {
    assert.equal(records.get(change.key) ?? null, change.before, "what a change undoes is what is there");
    if (change.after === null) records.delete(change.key);
    else records.set(change.key, change.after);
  }
}

const read = (records: Map<string, string>): StateOf<"did"> | undefined => readState(records, "did", ID);

test("a DID's records are read back as its state, whatever it was before, and are the same as without that", () => {
  fc.assert(
    fc.property(state, fc.nat(), fc.array(entry, { maxLength: 3 }), (before, cut, added) => {
      const records = new Map<string, string>();
      apply(records, before, undefined);
      assert.deepEqual(read(records), before);
      const entries = [...before.entries.filter((_, at) => at % 7 !== cut % 7), ...added];
      const after = { ...before, events: before.events, head: word(cut), entries };
      apply(records, after, before);
      assert.deepEqual(read(records), after);
      const alone = new Map<string, string>();
      apply(alone, after, undefined);
      assert.deepEqual(new Map([...records].sort()), new Map([...alone].sort()));
    }),
    runs(300),
  );
});

test("a bucket that is gone, or has fewer entries than its DID, is STORE_CORRUPT", () => {
  const many = Array.from(
    { length: 100 },
    (_, at): Entry => ({ kind: "attribute", name: word(at), value: word(at), validTo: 9 }),
  );
  const full: DidState = {
    address: ID,
    owner: ID,
    deactivated: null,
    created: { block: 1, time: 2 },
    updated: { block: 3, time: 4 },
    events: 100,
    head: word(5),
    entries: many,
  };
  const records = new Map<string, string>();
  apply(records, full, undefined);
  assert(records.size > 30, `${records.size} records`);
  for (const [key, digits] of [...records].filter(([one]) => isIn(ENTRIES, one))) {
    records.delete(key);
    assert.throws(() => read(records), { code: "STORE_CORRUPT" });
    records.set(key, digits.slice(0, -2 * (32 + 32 + 1 + 7 + 2)));
    assert.throws(() => read(records), { code: "STORE_CORRUPT" });
    records.set(key, digits);
  }
  assert.deepEqual(read(records), full);
});

test("an event of a DID with 900 entries writes at most 12 kB, what undoes it included", async (t) => {
  const chain = new ChainSimulator();
  const database = await memoryDatabase();
  const entries = (from: number, count: number): SimulatedWrite[] =>
    Array.from({ length: count }, (_, at) => ({ do: "attribute", identity: 1, value: from + at, validTo: 4e9 }));
  for (let from = 0; from < 900; from += 100) chain.mine(entries(from, 100));
  const node = await SimulatedNode.start({ network: chain.network(), readers: [chain], database });
  if (node.progress.state().kind !== "following") await node.settle();
  let written = 0;
  const batch = database.batch.bind(database);
  Object.assign(database, {
    batch: (): Batch => {
      const one = batch();
      const put = one.put.bind(one);
      return Object.assign(one, {
        put: (key: string, value: string | Buffer) => {
          written += key.length / 2 + (typeof value === "string" ? value.length / 2 : value.length);
          return put(key, value);
        },
      });
    },
  });
  chain.mine(entries(900, 1));
  await node.settle();
  await node.stop();
  t.diagnostic(`${written} bytes`);
  assert(written > 1_000 && written <= 12_000, `${written} bytes`);
});
