import type { Address, Hash } from "../../primitives/hex.ts";
import { ProofError } from "../proof-error.ts";
import type { ProvenEnvelope } from "../verify-envelope.ts";

/** The newest block of a network that was proven to a verifier. It can be stored as JSON. */
export interface KnownBlock {
  readonly number: number;
  readonly hash: Hash;
  /** For a `qbft` network, the validators that are trusted from this block on. */
  readonly validators?: readonly Address[];
  /** The descriptor's validators, from which hand-overs led to those; with a descriptor that names others, they are not trusted. */
  readonly first?: readonly Address[];
}

/**
 * The newest proven block of each network, by the network's name. A verifier keeps them and rejects older blocks. A `Map` will
 * do.
 */
export type KnownBlocks = Pick<Map<string, KnownBlock>, "get" | "set">;

/**
 * Verifies that a proven block is not older than the one that was known when the request was sent.
 * @throws ProofError `PROOF_OLDER` for an older block; `PROOF_FORK` for another block of the same height, so that two were
 * sealed.
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

/** Stores a proven block, unless a newer one was stored in the meantime. */
export function remember(known: KnownBlocks, network: string, { asOf, trusted }: ProvenEnvelope): void {
  const { number, hash } = asOf;
  if ((known.get(network)?.number ?? -1) > number) return;
  const { validators, first } = trusted ?? {};
  known.set(network, { number, hash, ...(validators && { validators }), ...(first && { first }) });
}
