import { secp256k1 } from "@noble/curves/secp256k1.js";
import { HEADER_FIELD } from "../chain/block/header-hash.ts";
import { type QbftExtraData, readQbftExtraData } from "../chain/block/qbft-extra-data.ts";
import { type Address, toBytes } from "../primitives/hex.ts";
import { keccak256Bytes } from "../primitives/keccak.ts";
import { encodeRlp } from "../primitives/rlp.ts";
import type { BlockHeader } from "./block-header.ts";
import { ProofError } from "./proof-error.ts";

/** Most validators of a network: each seal of a block costs a verifier about a millisecond. */
export const MAX_VALIDATORS = 1_000;

/**
 * Verifies that a quorum of a trusted set sealed a header: at least ceil(2n/3) distinct members, and nobody else. The header's
 * own list of validators must be that set, so that a header from the time of another set is rejected.
 *
 * @throws ProofError `PROOF_FORMAT`, `PROOF_VALIDATORS`, `PROOF_SEAL`, `PROOF_QUORUM`
 */
export function verifyQbftSeals(header: BlockHeader, trusted: ReadonlySet<Address>): void {
  const extraData = extraDataOf(header);
  const listed = new Set(extraData.validators);
  if (missing(listed, trusted) + missing(trusted, listed) > 0) {
    throw new ProofError(
      "PROOF_VALIDATORS",
      `Block ${header.number} lists ${extraData.validators.length} validators, which are not the ${trusted.size} trusted ones`,
    );
  }
  expectQuorum(header, signersOf(header, extraData), trusted);
}

/**
 * Verifies the hand-over from the trusted set of validators to the set that a header lists, where validators are voted for in
 * headers. The sets differ by one member. A header has only the quorum of the new set, so a quorum of the old set can't be
 * required. Instead floor((n-1)/3)+1 members of the old set have to be among the signers. As long as fewer than a third of the
 * old set are dishonest, one of these is honest, and an honest member seals only a header whose list is right.
 *
 * @returns the set that is trusted from this block on.
 * @throws ProofError `PROOF_FORMAT`, `PROOF_HANDOVER`, `PROOF_SEAL`, `PROOF_QUORUM`
 */
export function verifyQbftHandover(header: BlockHeader, trusted: ReadonlySet<Address>): ReadonlySet<Address> {
  const extraData = extraDataOf(header);
  const next = new Set(extraData.validators);
  const changed = missing(next, trusted) + missing(trusted, next);
  if (changed !== 1) throw handover(header, `its validators differ from the trusted ones by ${changed}, not by 1`);
  const signers = signersOf(header, extraData);
  expectQuorum(header, signers, next);
  const former = [...signers].filter((signer) => trusted.has(signer)).length;
  const needed = Math.floor((trusted.size - 1) / 3) + 1;
  if (former < needed) throw handover(header, `${former} of the former validators sealed it, at least ${needed} must`);
  return next;
}

function extraDataOf({ number, extraData }: BlockHeader): QbftExtraData {
  const read = readQbftExtraData(extraData);
  if (read === undefined) {
    throw new ProofError("PROOF_FORMAT", `The extraData of block ${number} is not that of a QBFT block`);
  }
  const { validators, seals } = read;
  if (validators.length === 0 || validators.length > MAX_VALIDATORS || seals.length > MAX_VALIDATORS) {
    throw new ProofError(
      "PROOF_FORMAT",
      `Block ${number} has ${validators.length} validators and ${seals.length} seals, wanted 1 to ${MAX_VALIDATORS}`,
    );
  }
  if (new Set(validators).size !== validators.length) {
    throw new ProofError("PROOF_FORMAT", `Block ${number} lists a validator twice`);
  }
  // Then one of them is by a stranger, or by a signer who sealed twice: none is recovered to find that.
  if (seals.length > validators.length) {
    throw new ProofError("PROOF_SEAL", `Block ${number} has ${seals.length} seals of ${validators.length} validators`);
  }
  return read;
}

function expectQuorum({ number }: BlockHeader, signers: ReadonlySet<Address>, members: ReadonlySet<Address>): void {
  const stranger = [...signers].find((signer) => !members.has(signer));
  if (stranger !== undefined)
    throw new ProofError("PROOF_SEAL", `Block ${number} has a seal by ${stranger}, no validator`);
  const quorum = Math.ceil((2 * members.size) / 3);
  if (signers.size < quorum) {
    throw new ProofError(
      "PROOF_QUORUM",
      `${signers.size} of ${members.size} validators sealed block ${number}, ${quorum} must`,
    );
  }
}

/** @throws ProofError `PROOF_SEAL` when a seal is malformed or malleated, or a signer sealed twice. */
function signersOf({ number, fields }: BlockHeader, { sealed, seals }: QbftExtraData): Set<Address> {
  const digest = toBytes(keccak256Bytes(encodeRlp(fields.with(HEADER_FIELD.extraData, sealed))));
  const signers = new Set<Address>();
  for (const seal of seals) {
    const signer = signerOf(seal, digest);
    if (signer === undefined) throw new ProofError("PROOF_SEAL", `A seal of block ${number} is no canonical signature`);
    if (signers.has(signer)) throw new ProofError("PROOF_SEAL", `${signer} sealed block ${number} twice`);
    signers.add(signer);
  }
  return signers;
}

/** The account of a recoverable signature with a low s (SEC 1, 4.1.6); `undefined` when it is no such signature. */
function signerOf(seal: Uint8Array, digest: Uint8Array): Address | undefined {
  const recovery = seal[64];
  if (seal.length !== 65 || (recovery !== 0 && recovery !== 1)) return undefined;
  try {
    const signature = secp256k1.Signature.fromBytes(seal.subarray(0, 64), "compact");
    if (signature.hasHighS()) return undefined;
    const point = signature.addRecoveryBit(recovery).recoverPublicKey(digest).toBytes(false);
    return `0x${keccak256Bytes(point.subarray(1)).slice(-40)}`;
  } catch {
    // No point has these coordinates.
    return undefined;
  }
}

/** Number of a set's members that are not in another one. */
function missing(members: ReadonlySet<Address>, other: ReadonlySet<Address>): number {
  return [...members].filter((member) => !other.has(member)).length;
}

function handover({ number }: BlockHeader, why: string): ProofError {
  return new ProofError("PROOF_HANDOVER", `Block ${number} hands over to no trusted set: ${why}`);
}
