import { type Address, type Hash, hexOf, word } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { decodeRlp, type RlpItem } from "../primitives/rlp.ts";
import { ProofError } from "./proof-error.ts";
import { type TrieNodes, valueInTrie } from "./state-trie.ts";

/** An account as the state tree holds it (Yellow Paper, section 4.1). */
export interface ProvenAccount {
  readonly storageRoot: Hash;
  /** keccak256 of its code. */
  readonly codeHash: Hash;
}

/**
 * The account at an address, by the state root of a header; `null` when it is proven that there is none.
 * @throws ProofError `PROOF_NODE_MISSING`, `PROOF_NODE`
 */
export function accountInState(stateRoot: Hash, address: Address, nodes: TrieNodes): ProvenAccount | null {
  const value = valueInTrie(stateRoot, keccak256(address), nodes);
  if (value === null) return null;
  const fields = decode(value);
  if (fields.length !== 4) throw malformed("an account has not 4 fields");
  const [, , storageRoot, codeHash] = fields;
  return { storageRoot: hashOf(storageRoot), codeHash: hashOf(codeHash) };
}

/**
 * What an account's storage holds at a slot, as a word; a slot that is proven to be absent holds 0.
 * @throws ProofError `PROOF_NODE_MISSING`, `PROOF_NODE`
 */
export function slotInStorage({ storageRoot }: ProvenAccount, slot: Hash, nodes: TrieNodes): Hash {
  const value = valueInTrie(storageRoot, keccak256(slot), nodes);
  if (value === null) return word(0);
  const bytes = decode(value);
  if (!(bytes instanceof Uint8Array) || !bytes[0] || bytes.length > 32) {
    throw malformed("a slot's value is no number of 1 to 32 bytes");
  }
  return word(hexOf(bytes));
}

function decode(value: Uint8Array): RlpItem {
  try {
    return decodeRlp(value);
  } catch (cause) {
    throw malformed("a value is no RLP", cause);
  }
}

function hashOf(item: RlpItem | number | undefined): Hash {
  if (!(item instanceof Uint8Array) || item.length !== 32)
    throw malformed("an account's root or code hash has not 32 bytes");
  return hexOf(item);
}

function malformed(why: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_NODE", `A value in the state is malformed: ${why}`, { cause });
}
