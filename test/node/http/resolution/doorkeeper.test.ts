import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Doorkeeper } from "../../../../node/http/resolution/doorkeeper.ts";
import type { Address } from "../../../../resolver/primitives/hex.ts";

/** Few places, so that addresses take each other's. */
const address = fc
  .record({
    place: fc.constantFrom("000", "00f", "fff"),
    rest: fc.constantFrom("0".repeat(37), "f".repeat(37), `0${"0a".repeat(18)}`),
  })
  .map(({ place, rest }): Address => `0x${place}${rest}`);

test("an identity came before exactly when it was the last one that was asked for of those with its first three digits", () => {
  fc.assert(
    fc.property(fc.array(address, { maxLength: 40 }), (asked) => {
      const doorkeeper = new Doorkeeper();
      const last = new Map<string, Address>();
      for (const one of asked) {
        const place = one.slice(0, 5);
        // Eight zeros are what an empty place has.
        const isEmptyMark = !last.has(place) && one.slice(5, 13) === "00000000";
        assert.equal(doorkeeper.cameBefore(one), last.get(place) === one || isEmptyMark);
        last.set(place, one);
      }
    }),
  );
});
