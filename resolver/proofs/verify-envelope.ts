import type { AccreditationId } from "../chain/accepted-slots.ts";
import type { NetworkDescriptor } from "../network.ts";
import { type Address, type Hash, type Hex, hexOf, toBytes } from "../primitives/hex.ts";
import type { AsOf } from "../resolution/resolve.ts";
import { type ProofEnvelope, parseEnvelope } from "./envelope.ts";
import { ProofError } from "./proof-error.ts";
import { ProvenState } from "./proven-state.ts";
import { trieNodes } from "./state-trie.ts";
import { type NeededSeals, type TrustedValidators, verifyHeader } from "./verify-header.ts";

/** Most seconds by which a block may be ahead of the verifier's clock. */
export const MAX_AHEAD = 300;

/** The clock by which an envelope is judged, and the validators that are trusted. */
export interface EnvelopeOptions {
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Highest age of the block, in seconds. */
  readonly maxAge: number;
  /** The `trusted` of an earlier envelope; the descriptor's validators unless given. */
  readonly trusted?: TrustedValidators | undefined;
}

/** What an envelope proves. */
export interface ProvenEnvelope {
  /** The block that was sealed. */
  readonly asOf: AsOf;
  readonly state: ProvenState;
  /** Store it and pass it with the next envelope, so that older validators are rejected from then on. */
  readonly trusted: TrustedValidators | undefined;
  /**
   * The tree nodes, attestations and hand-overs that the verification used; the envelope proves the same to this verifier
   * without the others.
   */
  readonly needed: NeededSeals & Pick<ProofEnvelope, "nodes">;
}

/**
 * Verifies an envelope with only a network descriptor: that its block is sealed, that the state tree of that block has the
 * registries with the descriptor's code, and that no event of a subject is missing.
 *
 * @param input the envelope as parsed JSON, not trusted.
 * @throws ProofError with the reason; InvalidDescriptorError when the key of an operator is no valid key.
 */
export async function verifyEnvelope(
  network: NetworkDescriptor,
  input: unknown,
  { now, maxAge, trusted: known }: EnvelopeOptions,
): Promise<ProvenEnvelope> {
  const envelope = parseEnvelope(input);
  if (envelope.network !== network.name) {
    throw new ProofError(
      "PROOF_OTHER_NETWORK",
      `The envelope is of network ${envelope.network}, wanted ${network.name}`,
    );
  }
  const { header, trusted, needed: seals } = await verifyHeader(network, envelope, known);
  const { number, hash, time } = header;
  if (time > now + MAX_AHEAD)
    throw new ProofError("PROOF_FUTURE", `Block ${number} is ${time - now} s ahead of the clock`);
  if (time < now - maxAge)
    throw new ProofError("PROOF_STALE", `Block ${number} is ${now - time} s old, wanted at most ${maxAge}`);
  const { state, nodes } = await provenState(network, header.stateRoot, envelope);
  const depth = network.finality.kind === "depth" ? network.finality.blocks : 0;
  return { asOf: { number, hash, time, finalizedBlock: number - depth }, state, trusted, needed: { ...seals, nodes } };
}

async function provenState(
  network: NetworkDescriptor,
  stateRoot: Hex,
  envelope: ProofEnvelope,
): Promise<{ readonly state: ProvenState; readonly nodes: Hex[] }> {
  const nodes = trieNodes(envelope.nodes.map((node) => toBytes(node as Hex)));
  const used = new Set<Hash>();
  const get = (hash: Hash) => {
    used.add(hash);
    return nodes.get(hash);
  };
  const state = new ProvenState(network, stateRoot, { get });
  for (const subject of envelope.subjects) await state.add(subject);
  for (const identity of envelope.identities) state.addIdentity(identity as Address);
  for (const one of envelope.accreditations ?? []) state.addAccreditation(one as AccreditationId);
  return { state, nodes: [...nodes].filter(([hash]) => used.has(hash)).map(([, node]) => hexOf(node)) };
}
