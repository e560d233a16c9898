import assert from "node:assert/strict";
import { test } from "node:test";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { encodeRlp, getBytes, hexlify, toBeArray } from "ethers";
import fc from "fast-check";
import { orderedTrieRoot } from "../../../../resolver/chain/block/ordered-trie.ts";
import { type Hash, type Hex, toBytes } from "../../../../resolver/primitives/hex.ts";
import { runs } from "../../../helpers/property.ts";

/** The same root by somebody else's library. */
async function rootOf(values: readonly Hex[]): Promise<Hash> {
  const trie = new MerklePatriciaTrie();
  for (const [at, value] of values.entries()) {
    await trie.put(getBytes(encodeRlp(at === 0 ? "0x" : toBeArray(at))), getBytes(value));
  }
  return hexlify(trie.root()) as Hash;
}

test("the root of a list of values is that of another library's tree, whatever their number and lengths", async () => {
  const value = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => hexlify(bytes) as Hex);
  await fc.assert(
    fc.asyncProperty(fc.array(value, { maxLength: 40 }), async (values) => {
      assert.equal(orderedTrieRoot(values.map(toBytes)), await rootOf(values));
    }),
    runs(100),
  );
});

test("so it is where the places' encodings get longer, and where nodes are too small to be hashed", async () => {
  for (const count of [1, 2, 16, 17, 127, 128, 129, 255, 256, 257, 300]) {
    const short = Array.from({ length: count }, (_, at): Hex => (at % 2 === 0 ? "0x01" : "0x7f7f"));
    assert.equal(orderedTrieRoot(short.map(toBytes)), await rootOf(short), String(count));
    const long = short.map((value): Hex => `${value}${"ab".repeat(300)}`);
    assert.equal(orderedTrieRoot(long.map(toBytes)), await rootOf(long), String(count));
  }
});
