import { CodedError, UnavailableError } from "../errors.ts";

/**
 * Why a proof is rejected:
 * - `PROOF_FORMAT`: it breaks its format or a bound;
 * - `PROOF_OTHER_NETWORK`: it is of another network than the descriptor's;
 * - `PROOF_NO_SEALS`: the descriptor names neither validators nor operators, so nothing can be proven;
 * - `PROOF_SEAL`: a seal is not a canonical signature, is by a signer outside of the trusted set, or is repeated;
 * - `PROOF_QUORUM`: too few of the trusted set sealed the block;
 * - `PROOF_VALIDATORS`: the block lists other validators than the trusted set;
 * - `PROOF_HANDOVER`: a block does not hand over from the trusted set to the one that it lists;
 * - `PROOF_OLD_VALIDATORS`: it relies on validators from before the set that the verifier knows;
 * - `PROOF_NODE_MISSING`: a node of a state tree is missing;
 * - `PROOF_NODE`: a node of a state tree breaks the format;
 * - `PROOF_CODE`: a registry is not there, or has other code than the descriptor says;
 * - `PROOF_HISTORY`: the events do not fold to the head that the contract holds;
 * - `PROOF_INCOMPLETE`: it does not cover all that was asked for;
 * - `PROOF_OLDER`: the block is older than one that was proven to this verifier before;
 * - `PROOF_FORK`: another block of the same height was proven to this verifier before;
 * - `PROOF_DELTA`: a delta does not follow the bundle that it is applied to;
 * - `PROOF_FUTURE`: the block is later than the verifier's clock;
 * - `PROOF_STALE`: the block is older than the verifier's policy allows.
 */
export type ProofErrorCode =
  | "PROOF_FORMAT"
  | "PROOF_OTHER_NETWORK"
  | "PROOF_NO_SEALS"
  | "PROOF_SEAL"
  | "PROOF_QUORUM"
  | "PROOF_VALIDATORS"
  | "PROOF_HANDOVER"
  | "PROOF_OLD_VALIDATORS"
  | "PROOF_NODE_MISSING"
  | "PROOF_NODE"
  | "PROOF_CODE"
  | "PROOF_HISTORY"
  | "PROOF_INCOMPLETE"
  | "PROOF_OLDER"
  | "PROOF_FORK"
  | "PROOF_DELTA"
  | "PROOF_FUTURE"
  | "PROOF_STALE";

/** A proof is rejected. This does not mean that what it should prove is false: ask another node. */
export class ProofError extends CodedError<ProofErrorCode> {}

/**
 * Reads everything that a proof has to cover.
 * @throws ProofError `PROOF_INCOMPLETE` in place of an UnavailableError, and what `read` throws otherwise.
 */
export function expectCovered(read: () => void): void {
  try {
    read();
  } catch (cause) {
    if (!(cause instanceof UnavailableError)) throw cause;
    throw new ProofError("PROOF_INCOMPLETE", cause.message, { cause });
  }
}
