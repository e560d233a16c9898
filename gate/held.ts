import { provenSnapshot } from "../resolver/evidence/from-proof.ts";
import type { Snapshot } from "../resolver/evidence/snapshot.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import { bundleOf, readBundle, writeBundle } from "../resolver/proofs/bundle.ts";
import type { ProofEnvelope } from "../resolver/proofs/envelope.ts";
import type { ProvenState } from "../resolver/proofs/proven-state.ts";
import { verifyEnvelope } from "../resolver/proofs/verify-envelope.ts";
import type { TrustedValidators } from "../resolver/proofs/verify-header.ts";
import type { AsOf } from "../resolver/resolution/resolve.ts";

/** A whole bundle that was verified. */
export interface HeldBundle {
  readonly asOf: AsOf;
  /** Its envelope, without the tree nodes that are not needed. */
  readonly envelope: ProofEnvelope;
  readonly trusted: TrustedValidators | undefined;
  readonly snapshot: Snapshot;
  /** URIs of its credential types. */
  readonly types: ReadonlySet<string>;
}

/** What a bundle is verified with. */
export interface VerifyOptions {
  readonly network: NetworkDescriptor;
  /** Unix time in seconds. */
  readonly now: number;
  readonly trusted: TrustedValidators | undefined;
}

/**
 * Verifies the whole envelope of a bundle. It may have any age: the age is judged with each credential.
 * @throws ProofError
 */
export async function verifyWhole(
  envelope: ProofEnvelope,
  { network, ...options }: VerifyOptions,
): Promise<HeldBundle> {
  const maxAge = Number.POSITIVE_INFINITY;
  const { asOf, state, trusted, needed } = await verifyEnvelope(network, envelope, { ...options, maxAge });
  const snapshot = provenSnapshot({ asOf, state });
  return { asOf, envelope: { ...envelope, nodes: [...needed] }, trusted, snapshot, types: typesOf(state) };
}

/** The bytes of a held bundle, for the disk or for another gate. */
export function bytesOf({ envelope }: Pick<HeldBundle, "envelope">): Promise<Uint8Array> {
  return writeBundle(bundleOf(envelope));
}

/** Reads the bytes that {@link bytesOf} returned, and verifies them. */
export async function readHeld(bytes: Uint8Array, options: VerifyOptions): Promise<HeldBundle> {
  return verifyWhole((await readBundle(bytes)).envelope, options);
}

function typesOf(state: ProvenState): ReadonlySet<string> {
  return new Set(state.ids("type").flatMap((id) => state.state("type", id)?.uri ?? []));
}
