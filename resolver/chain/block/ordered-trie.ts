import { type Hash, type Hex, hexOf, toBytes } from "../../primitives/hex.ts";
import { keccak256Bytes } from "../../primitives/keccak.ts";
import { encodeRlp, type RlpItem, rlpNumber } from "../../primitives/rlp.ts";

/** A value under its key, whose hex digits are the steps down the tree. */
type Entry = readonly [key: string, value: Uint8Array];

const EMPTY = new Uint8Array();

/** Root of a tree without values: the hash of an empty string's RLP. */
export const EMPTY_ROOT: Hash = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/**
 * Root of the Merkle Patricia tree that holds each value under the RLP of its index in a list, such as the receipts root of a
 * block header (Yellow Paper, appendix D).
 */
export function orderedTrieRoot(values: readonly Uint8Array[]): Hash {
  if (values.length === 0) return EMPTY_ROOT;
  const entries = values.map((value, at): Entry => [digitsOf(encodeRlp(rlpNumber(at))), value]);
  return keccak256Bytes(encodeRlp(nodeOf(entries, 0)));
}

/** The node below which some entries are; they have their first `depth` digits in common. */
function nodeOf(entries: readonly Entry[], depth: number): RlpItem {
  const [first, ...others] = entries as [Entry, ...Entry[]];
  const [key, value] = first;
  if (others.length === 0) return [path(key.slice(depth), true), value];

  let end = depth;
  while (others.every(([other]) => other[end] === key[end])) end++;
  if (end > depth) return [path(key.slice(depth, end), false), referenceTo(nodeOf(entries, end))];

  const branches = Array.from("0123456789abcdef", (digit) => {
    const below = entries.filter(([other]) => other[depth] === digit);
    return below.length === 0 ? EMPTY : referenceTo(nodeOf(below, depth + 1));
  });
  // No key ends here: the RLP of an index is never a prefix of the RLP of another index.
  return [...branches, EMPTY];
}

/** A node of less than 32 bytes is embedded in its parent; of a larger one the parent has the hash. */
function referenceTo(node: RlpItem): RlpItem {
  const rlp = encodeRlp(node);
  return rlp.length < 32 ? node : toBytes(keccak256Bytes(rlp));
}

/** Digits as bytes, with a first digit for the parity of their number and for whether a value follows. */
function path(digits: string, isLeaf: boolean): Uint8Array {
  const kind = isLeaf ? 2 : 0;
  const hex: Hex = digits.length % 2 === 0 ? `0x${kind}0${digits}` : `0x${kind + 1}${digits}`;
  return toBytes(hex);
}

function digitsOf(bytes: Uint8Array): string {
  return hexOf(bytes).slice(2);
}
