import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Roots } from "../../../node/index/roots.ts";
import { compareDigests } from "../../../node/peers/compare.ts";
import type { Digest } from "../../../node/peers/digest.ts";
import { type Hash, word } from "../../../resolver/primitives/hex.ts";
import { runs } from "../../helpers/property.ts";

const FROM = 5;
const GENESIS: Hash = word(1);

/** Roots as of a block: those of `branch` from block `parts` on, and one moves whenever there is an event. */
function rootsOf({ parts, branch, block }: { parts: number; branch: number; block: number }): Roots {
  const own = block >= parts ? branch : 0;
  return { did: word(block >> 1), trust: word(own * 1_000), status: word(own * 1_000 + (own > 0 ? block : 0)) };
}

function digest(block: number, roots: Roots, content: Digest["content"] = null): Digest {
  return { network: "local", genesisHash: GENESIS, block, roots, content };
}

test("the first block that differs is found, wherever it is and however far each node got", async () => {
  const block = fc.integer({ min: FROM, max: 5_000 });
  await fc.assert(
    fc.asyncProperty(block, block, block, async (parts, our, their) => {
      let asked = 0;
      const at = (branch: number) => async (block: number) => {
        asked++;
        assert(block >= FROM && block <= Math.min(our, their), `asked for block ${block}`);
        return { roots: rootsOf({ parts, branch, block }), content: null };
      };
      const difference = await compareDigests({
        ours: digest(our, rootsOf({ parts, branch: 1, block: our })),
        theirs: digest(their, rootsOf({ parts, branch: 2, block: their })),
        hashesAt: { ours: at(1), theirs: at(2) },
        fromBlock: FROM,
      });
      assert.deepEqual(difference, parts <= Math.min(our, their) ? { what: "roots", block: parts } : undefined);
      assert(asked < 40, `${asked} questions`);
    }),
    runs(300),
  );
});

test("a node that is before the first block of the registries differs in nothing", async () => {
  const roots = rootsOf({ parts: 0, branch: 1, block: 9 });
  const never = () => assert.fail("asked");
  const options = { hashesAt: { ours: never, theirs: never }, fromBlock: FROM };
  const theirs = digest(FROM - 1, rootsOf({ parts: 0, branch: 2, block: 4 }));
  assert.equal(await compareDigests({ ours: digest(9, roots), theirs, ...options }), undefined);
});

test("content hashes are compared as of the newest block of both, where both know one of the same schema version", async () => {
  const roots = rootsOf({ parts: 1, branch: 1, block: 9 });
  const hash = (value: number, schemaVersion = 5): Digest["content"] => ({ schemaVersion, hash: word(value) });
  const compare = (ours: Digest["content"], theirs: Digest["content"], their = 9) => {
    const asked: number[] = [];
    const hashesAt = {
      ours: async (block: number) => {
        asked.push(block);
        return { roots, content: ours };
      },
      theirs: () => assert.fail("asked"),
    };
    const options = { hashesAt, fromBlock: FROM };
    return compareDigests({ ours: digest(9, roots, hash(99)), theirs: digest(their, roots, theirs), ...options });
  };
  assert.equal(await compare(null, hash(99)), undefined);
  assert.equal(await compare(null, null), undefined);
  assert.equal(await compare(null, hash(1, 6)), undefined);
  assert.deepEqual(await compare(null, hash(1)), { what: "content", block: 9 });
  assert.equal(await compare(hash(7), hash(7), 8), undefined);
  assert.deepEqual(await compare(hash(7), hash(8), 8), { what: "content", block: 8 });
  assert.equal(await compare(null, hash(8), 8), undefined);
});
