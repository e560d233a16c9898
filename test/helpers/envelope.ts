import { verifyMerkleProof } from "@ethereumjs/mpt";
import { decodeRlp, encodeRlp, getBytes, hexlify, keccak256, toBeHex, toBigInt, ZeroHash, zeroPadValue } from "ethers";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { Registries } from "./registries.ts";

// A verifier of proofs for one storage slot (EIP-1186), which needs only a block hash and an account's code hash.

type Chain = Pick<Registries, "ethers">;

/** The fields of a header by London's rules, in the order in which they are hashed. */
const HEADER_FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
] as const;
const QUANTITIES = new Set(["difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"]);
const STATE_ROOT = HEADER_FIELDS.indexOf("stateRoot");

/** One slot of an account at a block, with its proof. */
export interface SlotProof {
  /** RLP of the block's header. */
  readonly header: Hex;
  readonly address: Hex;
  readonly accountProof: readonly Hex[];
  readonly slot: Hash;
  readonly storageProof: readonly Hex[];
}

/** Reads a slot with its proof from a chain, at the newest block. */
export async function proveSlot({ ethers }: Chain, address: string, slot: Hash): Promise<SlotProof> {
  const block = await ethers.provider.send("eth_getBlockByNumber", ["latest", false]);
  const answer = await ethers.provider.send("eth_getProof", [address, [slot], block.number]);
  const fields = HEADER_FIELDS.map((name) => {
    if (!QUANTITIES.has(name)) return block[name];
    const number = toBigInt(block[name]);
    return number === 0n ? "0x" : toBeHex(number);
  });
  const [{ proof: storageProof }] = answer.storageProof;
  const header = encodeRlp(fields) as Hex;
  return { header, address: address.toLowerCase() as Hex, accountProof: answer.accountProof, slot, storageProof };
}

/** A proof is wrong; the code names the faulty part. */
export class ProofError extends Error {
  readonly code: "HEADER" | "ACCOUNT" | "CODE" | "STORAGE";

  constructor(code: ProofError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The proven value; 32 zero bytes when the proof shows that the slot is empty.
 *
 * @param trusted the hash of a sealed block, and the hash of the contract's code.
 * @throws ProofError
 */
export async function provenValue(proof: SlotProof, trusted: { block: string; codeHash: string }): Promise<Hash> {
  const { header, address, accountProof, slot, storageProof } = proof;
  if (keccak256(header) !== trusted.block) throw new ProofError("HEADER", "the header is not of the block");
  const stateRoot = (decodeRlp(header) as Hex[])[STATE_ROOT] as Hex;
  const account = await walk(accountProof, stateRoot, address);
  if (account === null) throw new ProofError("ACCOUNT", "the account is not in the state");
  const [, , storageRoot, codeHash] = decodeRlp(account) as [Hex, Hex, Hex, Hex];
  if (codeHash !== trusted.codeHash) throw new ProofError("CODE", "the account has other code");
  const value = await walk(storageProof, storageRoot, slot, "STORAGE");
  return value === null ? (ZeroHash as Hash) : (zeroPadValue(decodeRlp(value) as Hex, 32) as Hash);
}

async function walk(proof: readonly Hex[], root: Hex, key: Hex, code: "ACCOUNT" | "STORAGE" = "ACCOUNT") {
  try {
    const nodes = proof.map((node) => getBytes(node));
    const found = await verifyMerkleProof(getBytes(key), nodes, { root: getBytes(root), useKeyHashing: true });
    return found === null ? null : hexlify(found);
  } catch (cause) {
    throw new ProofError(code, `the proof does not lead from its root to its key: ${cause}`);
  }
}
