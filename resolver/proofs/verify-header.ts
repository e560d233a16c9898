import type { NetworkDescriptor } from "../network.ts";
import { type Address, type Hex, toBytes } from "../primitives/hex.ts";
import { verifyAttestations } from "./attested.ts";
import { type BlockHeader, readBlockHeader } from "./block-header.ts";
import type { ProofEnvelope } from "./envelope.ts";
import { ProofError } from "./proof-error.ts";
import { verifyQbftHandover, verifyQbftSeals } from "./qbft.ts";

/**
 * The validators that a verifier trusts, and the block from which on. A verifier stores them, so that older sets are rejected.
 */
export interface TrustedValidators {
  readonly block: number;
  readonly validators: readonly Address[];
  /**
   * The descriptor's validators, from which hand-overs led to these. Where a descriptor names others, or this is absent, these
   * are not trusted: the descriptor was replaced because no hand-over leads to its set, or because the former set is not to be
   * trusted any more.
   */
  readonly first?: readonly Address[] | undefined;
}

/** A header with a quorum of seals or attestations, and the validators to trust from it on. */
export interface SealedHeader {
  readonly header: BlockHeader;
  /** `undefined` for a network whose operators attest blocks in place of validators. */
  readonly trusted: TrustedValidators | undefined;
  readonly needed: NeededSeals;
}

/**
 * The parts of an envelope that were counted or followed. Anybody can add others to an envelope, which nothing verifies. The
 * hand-overs begin after the block from which on the verifier knew the validators.
 */
export type NeededSeals = Pick<ProofEnvelope, "attestations" | "handovers">;

/**
 * Verifies the seals of an envelope's header. For `qbft` it starts from the descriptor's validators, or from the newest set
 * that the verifier knows by this descriptor, and follows the hand-overs to the set that sealed the header. For `attested` the descriptor's
 * operators have to attest it.
 *
 * @throws ProofError with a code of seals, validators or hand-overs; `PROOF_NO_SEALS` for consensus `none`.
 */
export async function verifyHeader(
  { genesisHash, consensus }: NetworkDescriptor,
  { header: rlp, handovers, attestations }: Pick<ProofEnvelope, "header" | "handovers" | "attestations">,
  known: TrustedValidators | undefined,
): Promise<SealedHeader> {
  const header = readBlockHeader(toBytes(rlp as Hex));
  switch (consensus.kind) {
    case "qbft": {
      const first = consensus.validators;
      const from = known !== undefined && isSame(known.first, first) ? known : { block: 0, validators: first };
      const { trusted, followed } = followHandovers(handovers as Hex[], header, from);
      verifyQbftSeals(header, new Set(trusted.validators));
      const needed = { attestations: [], handovers: followed };
      return { header, trusted: { block: header.number, validators: trusted.validators, first }, needed };
    }
    case "attested": {
      const { number, hash, time } = header;
      const counted = await verifyAttestations({ genesisHash, number, hash, time }, attestations, consensus);
      return { header, trusted: undefined, needed: { attestations: [...counted], handovers: [] } };
    }
    case "none":
      throw new ProofError(
        "PROOF_NO_SEALS",
        "The network's descriptor names neither validators nor operators: nothing can be proven",
      );
  }
}

function followHandovers(
  handovers: readonly Hex[],
  last: BlockHeader,
  from: TrustedValidators,
): { readonly trusted: TrustedValidators; readonly followed: Hex[] } {
  const followed: Hex[] = [];
  let trusted = from;
  if (last.number < trusted.block) throw old(last.number, trusted.block);
  for (const rlp of handovers) {
    const header = readBlockHeader(toBytes(rlp));
    // A verifier that knows later validators does not need the first hand-overs.
    if (header.number <= from.block) continue;
    if (header.number <= trusted.block || header.number > last.number) {
      throw new ProofError(
        "PROOF_HANDOVER",
        `The hand-over in block ${header.number} is not between block ${trusted.block} and ${last.number}`,
      );
    }
    const next = verifyQbftHandover(header, new Set(trusted.validators));
    trusted = { block: header.number, validators: [...next] };
    followed.push(rlp);
  }
  return { trusted, followed };
}

function isSame(one: readonly Address[] | undefined, other: readonly Address[]): boolean {
  return one?.length === other.length && one.every((member) => other.includes(member));
}

function old(number: number, known: number): ProofError {
  return new ProofError(
    "PROOF_OLD_VALIDATORS",
    `Block ${number} is from before block ${known}, as of which the validators are known`,
  );
}
