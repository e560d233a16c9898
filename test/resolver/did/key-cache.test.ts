import assert from "node:assert/strict";
import { test } from "node:test";
import { readKey } from "../../../resolver/did/attribute.ts";
import { keyCache } from "../../../resolver/did/key-cache.ts";
import { ALGORITHMS, NO_KEYS, publicKey } from "../../helpers/keys.ts";

test("a cached key is what reading it gives, for keys and for what is none, and the same object again", () => {
  const cached = keyCache();
  for (const algorithm of ALGORITHMS) {
    for (const value of [publicKey(algorithm, 7), ...(NO_KEYS[algorithm] ?? [])]) {
      const key = cached(algorithm, value);
      assert.deepEqual(key, readKey(algorithm, value), algorithm);
      if (value.length <= 68) assert.equal(cached(algorithm, value), key);
    }
  }
});
