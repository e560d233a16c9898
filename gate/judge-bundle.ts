import type { NetworkDescriptor } from "../resolver/network.ts";
import { type Hex, toBytes } from "../resolver/primitives/hex.ts";
import { readBlockHeader } from "../resolver/proofs/block-header.ts";
import { type Bundle, readBundle, withDelta } from "../resolver/proofs/bundle.ts";
import type { ProofEnvelope } from "../resolver/proofs/envelope.ts";
import { ProofError } from "../resolver/proofs/proof-error.ts";
import { verifyHeader } from "../resolver/proofs/verify-header.ts";
import type { HeldBlock, SealedBlock } from "./gate-store.ts";
import { bytesOf, type HeldBundle, leavesOut, verifyWhole } from "./held.ts";
import type { AlarmReason, ImportReason } from "./reason.ts";

/** The state of a gate when a bundle arrives. */
export interface Holding {
  readonly network: NetworkDescriptor;
  /** URIs of the types that a bundle has to have. */
  readonly types: readonly string[];
  readonly held: HeldBundle | undefined;
  readonly blocks: readonly HeldBlock[];
  /** Unix time in seconds. */
  readonly now: number;
}

/** The outcome for a bundle that arrived. */
export type BundleJudgement =
  | {
      readonly reason: "newer";
      readonly next: HeldBundle;
      readonly block: HeldBlock;
      /** The bytes of `next`, which the gate can read again. */
      readonly bytes: Uint8Array;
    }
  | {
      readonly reason: AlarmReason;
      /** The sealed block that arrived, and the one that was held. */
      readonly came: HeldBlock;
      readonly against: HeldBlock;
    }
  | { readonly reason: Exclude<ImportReason, "newer" | AlarmReason>; readonly problem?: ProofError };

/**
 * Judges a bundle or a delta from any source against the held bundle. Only a verified block can raise an alarm; otherwise
 * anybody could raise one.
 */
export async function judgeBundle(bytes: Uint8Array, holding: Holding): Promise<BundleJudgement> {
  try {
    return await judge(await readBundle(bytes), holding);
  } catch (error) {
    if (error instanceof ProofError) return { reason: error.code, problem: error };
    throw error;
  }
}

async function judge(bundle: Bundle, holding: Holding): Promise<BundleJudgement> {
  const { network, types, held, blocks, now } = holding;
  const came = blockOf(bundle.envelope);
  const newest = blocks.at(-1);
  if (held === undefined || newest === undefined) {
    if (bundle.since !== null)
      throw new ProofError(
        "PROOF_DELTA",
        "A delta continues a bundle, and the gate holds none: give it a whole bundle first",
      );
    return newerIf(types, await verifyWhole(bundle.envelope, { network, now, trusted: undefined }));
  }
  if (came.number <= newest.number) return judgeNotNewer(bundle, came, holding);
  const envelope = bundle.since === null ? bundle.envelope : withDelta(held.envelope, bundle);
  return newerIf(types, await verifyNext(envelope, { network, now, held }), held);
}

/** A bundle of a block that is not after the held one. */
async function judgeNotNewer(
  bundle: Bundle,
  came: HeldBlock,
  { network, types, held, blocks, now }: Holding,
): Promise<BundleJudgement> {
  const same = blocks.find(({ number }) => number === came.number);
  const newest = blocks.at(-1) as HeldBlock;
  if (same?.hash === came.hash) {
    if (same !== newest || bundle.since !== null) return { reason: same === newest ? "same" : "heldBefore" };
    return judgeSameBlock(bundle, { network, types, held, now });
  }
  // It starts from the descriptor's validators, because the ones that are trusted now did not seal an older block.
  const { needed } = await verifyHeader(network, bundle.envelope, undefined);
  const proven = blockOf({ ...bundle.envelope, ...needed });
  if (same === undefined) return { reason: "olderBlock", came: proven, against: newest };
  return { reason: "otherHash", came: proven, against: same };
}

/**
 * A bundle of the held block may have subjects that the held one lacks: of a type that was added to the policy, or those that the
 * carrier of the held one left out.
 */
async function judgeSameBlock(
  bundle: Bundle,
  { network, types, held, now }: Omit<Holding, "blocks">,
): Promise<BundleJudgement> {
  const known = new Set(held?.envelope.subjects.map(keyOf));
  if (held === undefined || bundle.envelope.subjects.every((one) => known.has(keyOf(one)))) return { reason: "same" };
  return newerIf(types, await verifyNext(bundle.envelope, { network, now, held }), held);
}

function keyOf({ kind, id }: Bundle["envelope"]["subjects"][number]): string {
  return kind + id;
}

/** Verifies what continues a held bundle, from the validators that sealed that one. */
function verifyNext(
  envelope: ProofEnvelope,
  { network, now, held }: { readonly held: HeldBundle } & Pick<Holding, "network" | "now">,
): Promise<HeldBundle> {
  return verifyWhole(envelope, { network, now, trusted: held.trusted, before: held.envelope.handovers });
}

async function newerIf(types: readonly string[], next: HeldBundle, former?: HeldBundle): Promise<BundleJudgement> {
  if (!types.every((type) => next.types.has(type))) return { reason: "missingType" };
  if (former !== undefined && leavesOut(next, former, types)) return { reason: "narrower" };
  return { reason: "newer", next, block: blockOf(next.envelope), bytes: await bytesOf(next) };
}

function blockOf({ network, header, attestations, handovers }: Bundle["envelope"]): HeldBlock {
  const { number, hash } = readBlockHeader(toBytes(header as Hex));
  const sealed: SealedBlock = { network, header, attestations, handovers };
  return { number, hash, sealed };
}
