import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LruCache } from "../../../resolver/primitives/lru.ts";
import { runs } from "../../helpers/property.ts";

test("a full cache drops what was used longest ago, and a use is a read or a write", () => {
  const cache = new LruCache<string, number>({ max: 2 });
  cache.set("a", 1);
  cache.set("b", 2);
  assert.equal(cache.get("a"), 1);
  cache.set("c", 3);
  assert.deepEqual([cache.get("a"), cache.get("b"), cache.get("c")], [1, undefined, 3]);
});

test("a value larger than the cache is not kept, and takes nothing else's place", () => {
  const cache = new LruCache<string, string>({ max: 5, sizeOf: ({ length }) => length });
  cache.set("a", "12345");
  cache.set("b", "123456");
  assert.deepEqual([cache.get("a"), cache.get("b")], ["12345", undefined]);
});

test("after any calls it holds what a list of the newest uses holds, and never more than its bound", () => {
  const calls = fc.array(fc.record({ key: fc.nat(6), size: fc.nat(6), do: fc.constantFrom("get", "set", "delete") }));
  fc.assert(
    fc.property(calls, (calls) => {
      const cache = new LruCache<number, { size: number }>({ max: 10, sizeOf: ({ size }) => size });
      let model: { key: number; value: { size: number } }[] = [];
      for (const { key, size, do: call } of calls) {
        const found = model.find((one) => one.key === key);
        if (call === "get") {
          assert.equal(cache.get(key), found?.value);
          if (found !== undefined) model = [...model.filter((one) => one !== found), found];
          continue;
        }
        model = model.filter((one) => one !== found);
        if (call === "delete") cache.delete(key);
        else {
          const value = { size };
          cache.set(key, value);
          model.push({ key, value });
          while (model.reduce((sum, one) => sum + one.value.size, 0) > 10) model.shift();
        }
      }
      for (const { key, value } of model) assert.equal(cache.get(key), value);
      for (let key = 0; key <= 6; key++)
        if (!model.some((one) => one.key === key)) assert.equal(cache.get(key), undefined);
    }),
    runs(300),
  );
});
