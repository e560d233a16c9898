import assert from "node:assert/strict";
import { test } from "node:test";
import { Backoff } from "../../../node/runtime/backoff.ts";

test("pauses double up to 2 s, differ by chance, and begin again after a success", () => {
  const shortest = new Backoff(() => 0);
  const longest = new Backoff(() => 0.999_999);
  const pauses = (backoff: Backoff) => Array.from({ length: 8 }, () => backoff.next());
  assert.deepEqual(pauses(shortest), [125, 250, 500, 1_000, 1_000, 1_000, 1_000, 1_000]);
  assert.deepEqual(pauses(longest), [250, 500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
  shortest.reset();
  assert.equal(shortest.next(), 125);
});
