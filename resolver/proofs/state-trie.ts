import { type Hash, hexOf } from "../primitives/hex.ts";
import { keccak256Bytes } from "../primitives/keccak.ts";
import { decodeRlp, type RlpItem } from "../primitives/rlp.ts";
import { ProofError } from "./proof-error.ts";

/** Most bytes of one node: a branch of 16 hashes and a value has 532, a leaf little more than its value. */
export const MAX_NODE_BYTES = 1_024;

/** Root of a tree without values: the hash of an empty string's RLP. */
const EMPTY_ROOT: Hash = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

/** Nodes of Merkle Patricia trees by their hash; a node of several paths or trees is stored once. */
export type TrieNodes = Pick<ReadonlyMap<Hash, Uint8Array>, "get">;

/**
 * Nodes by the hash of their bytes, which is computed here and never taken from the sender.
 * @throws ProofError `PROOF_NODE` when one is too large.
 */
export function trieNodes(nodes: readonly Uint8Array[]): ReadonlyMap<Hash, Uint8Array> {
  return new Map(
    nodes.map((node) => {
      if (node.length > MAX_NODE_BYTES) {
        throw new ProofError("PROOF_NODE", `A tree's node has ${node.length} bytes, more than ${MAX_NODE_BYTES}`);
      }
      return [keccak256Bytes(node), node];
    }),
  );
}

/**
 * The value of a key in a Merkle Patricia tree (Yellow Paper, appendix D); `null` when the nodes prove that there is none.
 *
 * @param key 32 bytes: the hash of an address for a state tree, the hash of a slot for a storage tree.
 * @throws ProofError `PROOF_NODE_MISSING` when a node on the way is not among those given, `PROOF_NODE` when one is malformed.
 */
export function valueInTrie(root: Hash, key: Hash, nodes: TrieNodes): Uint8Array | null {
  if (root === EMPTY_ROOT) return null;
  const path = key.slice(2);
  let node = nodeAt(root, nodes);
  for (let depth = 0; ; ) {
    if (node.length === 17) {
      // Every key has 64 digits, so no key ends at a branch.
      const digit = path[depth++];
      if (digit === undefined) throw malformed("a branch lies deeper than a key has digits");
      const child = node[Number.parseInt(digit, 16)] as RlpItem;
      if (isEmpty(child)) return null;
      node = childOf(child, nodes);
      continue;
    }
    const { digits, isLeaf } = pathOf(node[0] as RlpItem);
    const value = node[1] as RlpItem;
    if (!path.startsWith(digits, depth)) return null;
    depth += digits.length;
    if (isLeaf) {
      if (depth !== path.length) throw malformed("a leaf lies higher than a key has digits");
      return bytesOf(value, "a leaf's value");
    }
    if (digits === "") throw malformed("an extension has no digits");
    node = childOf(value, nodes);
  }
}

/** A child is the hash of a node, or the node itself where that is shorter. */
function childOf(child: RlpItem, nodes: TrieNodes): readonly RlpItem[] {
  if (!(child instanceof Uint8Array)) return expectNode(child);
  if (child.length !== 32) throw malformed(`a child is a string of ${child.length} bytes`);
  return nodeAt(hexOf(child), nodes);
}

function nodeAt(hash: Hash, nodes: TrieNodes): readonly RlpItem[] {
  const bytes = nodes.get(hash);
  if (bytes === undefined) throw new ProofError("PROOF_NODE_MISSING", `The proof lacks the tree's node ${hash}`);
  try {
    return expectNode(decodeRlp(bytes));
  } catch (error) {
    if (error instanceof ProofError) throw error;
    throw new ProofError("PROOF_NODE", `The tree's node ${hash} is no RLP`, { cause: error });
  }
}

function expectNode(item: RlpItem): readonly RlpItem[] {
  if (item instanceof Uint8Array || (item.length !== 17 && item.length !== 2)) {
    throw malformed("a node has neither 17 items nor 2");
  }
  return item;
}

/**
 * Hex-prefix encoding (Yellow Paper, appendix C): the first digit tells whether the path is a leaf's and whether its number of
 * digits is odd.
 */
function pathOf(item: RlpItem): { digits: string; isLeaf: boolean } {
  const hex = hexOf(bytesOf(item, "a path")).slice(2);
  const flag = Number.parseInt(hex[0] ?? "f", 16);
  const isOdd = (flag & 1) === 1;
  if (flag > 3 || (!isOdd && hex[1] !== "0")) throw malformed("a path begins with a wrong digit");
  return { digits: hex.slice(isOdd ? 1 : 2), isLeaf: flag >= 2 };
}

function isEmpty(item: RlpItem): boolean {
  return item instanceof Uint8Array && item.length === 0;
}

function bytesOf(item: RlpItem, what: string): Uint8Array {
  if (!(item instanceof Uint8Array)) throw malformed(`${what} is a list`);
  return item;
}

function malformed(why: string): ProofError {
  return new ProofError("PROOF_NODE", `A tree's node is malformed: ${why}`);
}
