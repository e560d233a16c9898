import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { applyDidEvent, type DidState } from "../../resolver/did/apply-event.ts";
import { didDocument } from "../../resolver/did/did-document.ts";
import { versionsOf } from "../../web/checks/versions.ts";
import { runs } from "../helpers/property.ts";
import { eventsOfVector, type VectorEvent } from "../helpers/vector-events.ts";

const [DID, CHAIN] = [`did:mapae:local:0x${"5a".repeat(20)}`, 31_337];
const IDENTITY = { did: DID, chainId: CHAIN, registry: `0x${"d1".repeat(20)}` };

/** Services that are set and removed, up to three in a block. */
const anyHistory = fc
  .array(fc.array(fc.record({ service: fc.nat({ max: 3 }), isSet: fc.boolean() }), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((blocks) =>
    blocks.flatMap((writes, at) =>
      writes.map(
        ({ service, isSet }): VectorEvent => ({
          block: 10 + at,
          time: 1_000 + at,
          attribute: `did/svc/Hub/s${service}`,
          value: `https://hub${service}.example`,
          validTo: isSet ? 4_000_000_000 : 0,
        }),
      ),
    ),
  );

test("however many versions are shown, each has the document of its block and its differences from the one before", () => {
  fc.assert(
    fc.property(anyHistory, fc.integer({ min: 1, max: 14 }), (history, most) => {
      const events = eventsOfVector(IDENTITY, history);
      const all = versionsOf(DID, CHAIN, events, Number.POSITIVE_INFINITY);
      assert.deepEqual(
        all.map(({ block }) => block),
        [...new Set(events.map(({ block }) => block))],
      );
      assert.equal(all.flatMap((version) => version.events).length, events.length);
      for (const { block, time, document } of all) {
        const state = events
          .filter((event) => event.block <= block)
          .reduce<DidState | undefined>((before, event) => applyDidEvent(before, event, CHAIN), undefined);
        assert(state !== undefined);
        assert.deepEqual(document, didDocument({ did: DID, chainId: CHAIN, state, at: time }).document);
      }
      assert.deepEqual(versionsOf(DID, CHAIN, events, most), all.slice(-most));
    }),
    runs(100),
  );
});
