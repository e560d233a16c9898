import type { AccreditationId } from "../resolver/chain/accepted-slots.ts";
import { expectLinks, provenSnapshot } from "../resolver/evidence/from-proof.ts";
import type { Snapshot } from "../resolver/evidence/snapshot.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import { bundleOf, jsonLength, readBundle, writeBundle } from "../resolver/proofs/bundle.ts";
import type { ProofEnvelope } from "../resolver/proofs/envelope.ts";
import { expectCovered } from "../resolver/proofs/proof-error.ts";
import type { ProvenState } from "../resolver/proofs/proven-state.ts";
import { verifyEnvelope } from "../resolver/proofs/verify-envelope.ts";
import type { TrustedValidators } from "../resolver/proofs/verify-header.ts";
import type { AsOf } from "../resolver/resolution/resolve.ts";

/** A whole bundle that was verified. */
export interface HeldBundle {
  readonly asOf: AsOf;
  /** Its envelope, of which only what was verified is kept. */
  readonly envelope: ProofEnvelope;
  readonly trusted: TrustedValidators | undefined;
  readonly snapshot: Snapshot;
  /**
   * Its credential types by their URIs, each with the subjects that every later bundle of the type has too: grants that were
   * accepted, the DIDs that accepted them, and the lists of these DIDs.
   */
  readonly types: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What a bundle is verified with. */
export interface VerifyOptions {
  readonly network: NetworkDescriptor;
  /** Unix time in seconds. */
  readonly now: number;
  readonly trusted: TrustedValidators | undefined;
  /** The hand-overs that led from the descriptor's validators to the trusted ones; none unless given. */
  readonly before?: readonly string[];
}

/**
 * Verifies the whole envelope of a bundle. It may have any age: the age is judged with each credential. What a carrier added
 * to it and nothing verified is dropped, so that it takes no room in the gate. Where the registry's own list of an issuer's
 * grants is proven, it has to have all of them.
 * @throws ProofError
 */
export async function verifyWhole(
  envelope: ProofEnvelope,
  { network, before = [], ...options }: VerifyOptions,
): Promise<HeldBundle> {
  const maxAge = Number.POSITIVE_INFINITY;
  const { asOf, state, trusted, needed } = await verifyEnvelope(network, envelope, { ...options, maxAge });
  for (const one of envelope.accreditations ?? []) {
    expectCovered(() => {
      for (const id of state.acceptedGrants(one as AccreditationId) ?? []) expectLinks(state, id);
    });
  }
  const snapshot = provenSnapshot({ asOf, state });
  const others = before.filter((one) => !needed.handovers.includes(one));
  const handovers = trusted === undefined ? [] : [...others, ...needed.handovers];
  return { asOf, envelope: { ...envelope, ...needed, handovers }, trusted, snapshot, types: typesOf(state) };
}

/**
 * The bytes of a held bundle, for the disk or for another gate.
 * @throws ProofError `PROOF_FORMAT` for a bundle and deltas that together are more than {@link readHeld} reads: a gate that
 * stored them could not be opened again.
 */
export async function bytesOf({ envelope }: Pick<HeldBundle, "envelope">): Promise<Uint8Array> {
  const bytes = await writeBundle(bundleOf(envelope));
  jsonLength(bytes);
  return bytes;
}

/** Reads the bytes that {@link bytesOf} returned, and verifies them. */
export async function readHeld(bytes: Uint8Array, options: VerifyOptions): Promise<HeldBundle> {
  const { envelope } = await readBundle(bytes);
  return verifyWhole(envelope, { ...options, before: envelope.handovers });
}

function typesOf(state: ProvenState): ReadonlyMap<string, ReadonlySet<string>> {
  const dids = new Set(state.ids("did"));
  const lists = state.ids("list").flatMap((id) => state.state("list", id) ?? []);
  const grants = state.ids("grant").flatMap((id) => state.state("grant", id) ?? []);
  return new Map(
    state.ids("type").flatMap((id) => {
      const type = state.state("type", id);
      if (type === undefined) return [];
      const accepted = grants.filter(({ typeId, accepted }) => typeId === id && accepted !== null);
      const issuers = new Set(accepted.map(({ subject }) => subject));
      const own = lists.filter(({ typeId, origin }) => typeId === id && origin !== null && issuers.has(origin.issuer));
      const subjects = [...accepted.map(({ grantId }) => grantId), ...own.map(({ list }) => list)];
      return [[type.uri, new Set([...subjects, ...[...issuers].filter((issuer) => dids.has(issuer))])] as const];
    }),
  );
}

/** Whether a bundle leaves out a subject that an earlier one has for one of these types. */
export function leavesOut(next: HeldBundle, former: HeldBundle, types: readonly string[]): boolean {
  return types.some((type) => {
    const subjects = next.types.get(type);
    return [...(former.types.get(type) ?? [])].some((id) => subjects?.has(id) !== true);
  });
}
