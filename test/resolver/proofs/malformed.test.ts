import assert from "node:assert/strict";
import { test } from "node:test";
import { HEADER_FIELD, headerFields } from "../../../resolver/chain/block/header-hash.ts";
import { type Hash, toBytes, word } from "../../../resolver/primitives/hex.ts";
import { keccak256, keccak256Bytes } from "../../../resolver/primitives/keccak.ts";
import { encodeRlp, type RlpItem } from "../../../resolver/primitives/rlp.ts";
import { accountInState, slotInStorage } from "../../../resolver/proofs/account.ts";
import { readBlockHeader } from "../../../resolver/proofs/block-header.ts";
import { trieNodes, valueInTrie } from "../../../resolver/proofs/state-trie.ts";
import quorum from "../../vectors/proofs/qbft-headers.json" with { type: "json" };

const KEY: Hash = `0x${"12".repeat(32)}`;
const [EMPTY, VALUE] = [new Uint8Array(), Uint8Array.of(7)];

/** A tree of one node, found by its hash. */
function treeOf(node: RlpItem): { readonly root: Hash; readonly nodes: ReadonlyMap<Hash, Uint8Array> } {
  const bytes = encodeRlp(node);
  return { root: keccak256Bytes(bytes), nodes: trieNodes([bytes]) };
}

/** The leaf of a whole key at the root. */
const leafOf = (key: Hash, value: Uint8Array): RlpItem => [toBytes(`0x20${key.slice(2)}`), value];

test("a node of a tree that no chain can have made is malformed, and neither a value nor an absence", () => {
  const good = treeOf(leafOf(KEY, VALUE));
  assert.deepEqual(valueInTrie(good.root, KEY, good.nodes), VALUE);
  const wrong: readonly RlpItem[] = [
    [Uint8Array.of(0x20), VALUE],
    [toBytes(`0x20${KEY.slice(2, -2)}`), VALUE],
    [Uint8Array.of(0x00), toBytes(KEY)],
    [toBytes(`0x2f${KEY.slice(2)}`), VALUE],
    [toBytes(`0x40${KEY.slice(2)}`), VALUE],
    [...Array.from({ length: 16 }, () => Uint8Array.of(1, 2, 3, 4, 5)), EMPTY],
    [toBytes(`0x00${KEY.slice(2)}`), [...Array.from({ length: 16 }, () => EMPTY), EMPTY]],
    [VALUE],
    VALUE,
  ];
  for (const [at, node] of wrong.entries()) {
    const { root, nodes } = treeOf(node);
    assert.throws(() => valueInTrie(root, KEY, nodes), { code: "PROOF_NODE" }, String(at));
  }
});

test("an account of other than four fields or without two hashes, and a slot without a number of 1 to 32 bytes, are malformed", () => {
  const address = `0x${"34".repeat(20)}` as const;
  const hash = toBytes(KEY);
  const accounts: readonly RlpItem[] = [
    [EMPTY, EMPTY, hash],
    [EMPTY, EMPTY, hash, hash, EMPTY],
    [EMPTY, EMPTY, hash.slice(1), hash],
    [EMPTY, EMPTY, hash, [hash]],
    new Uint8Array(4),
  ];
  for (const [at, one] of accounts.entries()) {
    const { root, nodes } = treeOf(leafOf(keccak256(address), encodeRlp(one)));
    assert.throws(() => accountInState(root, address, nodes), { code: "PROOF_NODE" }, String(at));
  }
  const storedAt = (value: RlpItem) => {
    const { root: storageRoot, nodes } = treeOf(leafOf(keccak256(word(1)), encodeRlp(value)));
    return slotInStorage({ storageRoot, codeHash: KEY }, word(1), nodes);
  };
  assert.equal(storedAt(hash), KEY);
  assert.equal(storedAt(VALUE), word(7));
  for (const value of [EMPTY, Uint8Array.of(0, 1), Uint8Array.of(1, ...hash), [VALUE]])
    assert.throws(() => storedAt(value), { code: "PROOF_NODE" }, String(value));
});

test("a header of too few or too many fields, or with a number that is not in its one form, is malformed", () => {
  const fields = headerFields(quorum.headers[1] as Record<string, unknown>) ?? assert.fail();
  assert.equal(readBlockHeader(encodeRlp(fields)).number, 1);
  const wrong = [
    fields.slice(0, 14),
    [...fields, ...Array.from({ length: 33 - fields.length }, () => EMPTY)],
    fields.with(HEADER_FIELD.timestamp, Uint8Array.of(0, 1)),
    fields.with(HEADER_FIELD.number, new Uint8Array(8).fill(1)),
    fields.with(HEADER_FIELD.stateRoot, new Uint8Array(31)),
  ];
  for (const [at, one] of wrong.entries())
    assert.throws(() => readBlockHeader(encodeRlp(one)), { code: "PROOF_FORMAT" }, String(at));
});
