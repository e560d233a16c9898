import type { Address, Hash } from "../../primitives/hex.ts";
import { ProofError } from "../proof-error.ts";
import type { ProvenEnvelope } from "../verify-envelope.ts";

/** The newest block of a network that was proven to a verifier. It can be kept as JSON. */
export interface KnownBlock {
  readonly number: number;
  readonly hash: Hash;
  /** Of a `qbft` network those that are trusted from this block on. */
  readonly validators?: readonly Address[];
}

/** What a verifier remembers of each network, by its name, so that no node takes it back. A `Map` is one. */
export type KnownBlocks = Pick<Map<string, KnownBlock>, "get" | "set">;

/**
 * Verifies that a proven block does not go back behind one that was known when it was asked for.
 * @throws ProofError `PROOF_OLDER` for a block before that; `PROOF_FORK` for another one of the same height: both were sealed.
 */
export function expectNotOlder({ asOf }: Pick<ProvenEnvelope, "asOf">, known: KnownBlock | undefined): void {
  if (known === undefined || asOf.number > known.number) return;
  if (asOf.number < known.number) {
    throw new ProofError(
      "PROOF_OLDER",
      `Block ${asOf.number} is proven, and block ${known.number} was before: ask again`,
    );
  }
  if (asOf.hash === known.hash) return;
  throw new ProofError("PROOF_FORK", `Block ${asOf.number} is sealed as ${asOf.hash}, and as ${known.hash} before`);
}

/** Remembers a proven block, unless a newer one is known by now. */
export function remember(known: KnownBlocks, network: string, { asOf, trusted }: ProvenEnvelope): void {
  const { number, hash } = asOf;
  if ((known.get(network)?.number ?? -1) > number) return;
  known.set(network, { number, hash, ...(trusted && { validators: trusted.validators }) });
}
