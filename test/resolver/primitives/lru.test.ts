import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import { runs } from "../../helpers/property.ts";

test("a full cache drops what was not used for longest, and a use is a read or a write", () => {
  const cache = new LruCache<string, number>({ max: 4 });
  for (const [at, key] of ["a", "b", "c", "d"].entries()) cache.set(key, at);
  assert.equal(cache.get("a"), 0);
  cache.set("e", 4);
  cache.set("f", 5);
  assert.deepEqual(
    ["a", "b", "c", "d", "e", "f"].map((key) => cache.get(key)),
    [0, undefined, undefined, undefined, 4, 5],
  );
});

test("a value larger than half of the cache is not kept, takes nothing else's place, and is in place of its older one", () => {
  const cache = new LruCache<string, string>({ max: 10, sizeOf: ({ length }) => length });
  cache.set("a", "12345");
  cache.set("b", "123456");
  assert.deepEqual([cache.get("a"), cache.get("b")], ["12345", undefined]);
  cache.set("a", "123456");
  assert.equal(cache.get("a"), undefined);
});

test("after any calls it holds what was used last up to half of its bound, nothing old in place of newer, and never more than its bound", () => {
  const MAX = 20;
  const calls = fc.array(fc.record({ key: fc.nat(9), size: fc.nat(10), do: fc.constantFrom("get", "set", "delete") }));
  fc.assert(
    fc.property(calls, (calls) => {
      const cache = new LruCache<number, { size: number }>({ max: MAX, sizeOf: ({ size }) => size });
      /** The newest value of each key, the one that was used last at the end; and whether it was among the last half since then. */
      let model: { key: number; value: { size: number }; isKept: boolean }[] = [];
      for (const { key, size, do: call } of calls) {
        const at = model.findIndex((one) => one.key === key);
        const found = model[at];
        model = model.filter((one) => one !== found);
        if (call === "delete") cache.delete(key);
        else if (call === "set") {
          const value = { size };
          cache.set(key, value);
          model.push({ key, value, isKept: true });
        } else {
          const got = cache.get(key);
          if (found?.isKept || got !== undefined) assert.equal(got, found?.value);
          if (got !== undefined && found !== undefined) model.push({ ...found, isKept: true });
        }
        model = model.map((one, at) => ({ ...one, isKept: one.isKept && sizeOf(model.slice(at)) <= MAX / 2 }));
      }
      let total = 0;
      for (const { key, value, isKept } of model.toReversed()) {
        const got = cache.get(key);
        if (isKept) assert.equal(got, value);
        assert.ok(got === undefined || got === value);
        total += got?.size ?? 0;
      }
      assert.ok(total <= MAX);
      for (let key = 0; key <= 9; key++)
        if (!model.some((one) => one.key === key)) assert.equal(cache.get(key), undefined);
    }),
    runs(300),
  );
});

function sizeOf(all: readonly { value: { size: number } }[]): number {
  return all.reduce((sum, { value }) => sum + value.size, 0);
}
