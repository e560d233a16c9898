import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import type { Folded } from "../../../node/index/fold.ts";
import { changesOf, readState } from "../../../node/store/content/states.ts";
import { undoRecord } from "../../../node/store/content/undo.ts";
import { historyKey, recentKey, SCHEMA_VERSION } from "../../../node/store/keys.ts";
import {
  type Codec,
  decode,
  either,
  hex,
  integer,
  json,
  list,
  record,
  sized,
} from "../../../node/store/records/codec.ts";
import { RECENT_BLOCK, readRecent } from "../../../node/store/records/recent-block.ts";
import { BLOCK_ROOTS, CHUNK, eventRecord, readEvent } from "../../../node/store/records/records.ts";
import type { DidState } from "../../../resolver/did/apply-event.ts";
import type { Hex } from "../../../resolver/primitives/hex.ts";
import type { StatusListState } from "../../../resolver/status/apply-status-event.ts";
import { runs } from "../../helpers/property.ts";

const recorded = JSON.parse(await readFile(new URL("records.json", import.meta.url), "utf8"));

const LIST: Hex = `0x${"15".repeat(32)}`;

/** The records of one new state. */
const recordsOf = (state: Folded["states"][number]) =>
  [...changesOf({ states: [state], chunks: [] })].map(({ key, after }) => [key, after]);

test("the bytes of each record are those of the schema version", () => {
  assert.equal(recorded.schemaVersion, SCHEMA_VERSION);
  for (const { state, records } of recorded.dids as { state: DidState; records: [string, string][] }[]) {
    assert.deepEqual(recordsOf({ kind: "did", id: state.address, state, before: undefined }), records);
    const stored = new Map(records);
    assert.deepEqual(readState(stored, "did", state.address), state);
  }
  for (const { state: text, records } of recorded.lists as { state: StatusListState; records: [string, string][] }[]) {
    const state = { ...text, origin: text.origin && { ...text.origin, number: BigInt(text.origin.number) } };
    assert.deepEqual(recordsOf({ kind: "list", id: LIST, state, before: undefined }), records);
    const stored = new Map(records);
    assert.deepEqual(readState(stored, "list", LIST), state);
  }
  const { chunk, event, roots, recent, undo } = recorded;
  const statuses = { revoked: BigInt(chunk.revoked), suspended: BigInt(chunk.suspended) };
  assert.deepEqual([CHUNK.write(statuses), decode(CHUNK, chunk.record)], [chunk.record, statuses]);
  const { log, time } = event;
  assert.deepEqual([eventRecord(event), readEvent(historyKey(log), event.record)], [event.record, { log, time }]);
  assert.deepEqual([BLOCK_ROOTS.write(roots.roots), decode(BLOCK_ROOTS, roots.record)], [roots.record, roots.roots]);
  const { block } = recent;
  assert.deepEqual(
    [RECENT_BLOCK.write(block), readRecent(recentKey(block.number), recent.record)],
    [recent.record, block],
  );
  assert.equal(undoRecord(undo.changes), undo.record);
});

const bytes = (min: number, max = min) =>
  fc.uint8Array({ minLength: min, maxLength: max }).map((one): Hex => `0x${Buffer.from(one).toString("hex")}`);

/** A codec with values that it has to keep. */
interface Case {
  readonly codec: Codec<unknown>;
  readonly values: fc.Arbitrary<unknown>;
}

const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constant<Case>({ codec: integer(7) as Codec<unknown>, values: fc.maxSafeNat() }),
    fc.constant<Case>({ codec: integer(1) as Codec<unknown>, values: fc.nat(255) }),
    fc.constant<Case>({ codec: hex(20) as Codec<unknown>, values: bytes(20) }),
    fc.constant<Case>({ codec: either("a", "b") as Codec<unknown>, values: fc.constantFrom("a", "b") }),
    fc.constant<Case>({ codec: sized(2, hex()) as Codec<unknown>, values: bytes(0, 300) }),
    fc.constant<Case>({ codec: sized(4, json()), values: fc.jsonValue() }),
    tie("tree").map(
      ({ codec, values }): Case => ({
        codec: sized(4, list(record({ one: codec, count: integer(2) }))) as Codec<unknown>,
        values: fc.array(fc.record({ one: values, count: fc.nat(65_535) }, { noNullPrototype: true }), {
          maxLength: 5,
        }),
      }),
    ),
  ),
}));

test("every codec reads what it wrote, whatever it is made of, and takes no digit more", () => {
  const cases = tree.chain(({ codec, values }) => values.map((value) => ({ codec, value })));
  fc.assert(
    fc.property(cases, fc.maxSafeNat(), ({ codec, value }, behind) => {
      const both = record({ value: codec, behind: integer(7) });
      const digits = both.write({ value, behind });
      assert.match(digits, /^(?:[0-9a-f]{2})*$/);
      assert.deepEqual(decode(both, digits), { value, behind });
    }),
    runs(500),
  );
});
