import { type AccreditationId, acceptedSlots } from "../../resolver/chain/accepted-slots.ts";
import { headerFields, headerHashes } from "../../resolver/chain/block/header-hash.ts";
import type { Rpc, RpcCall } from "../../resolver/chain/rpc/rpc.ts";
import { object } from "../../resolver/chain/rpc/rpc-values.ts";
import { ChainDataError, ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import { headSlot } from "../../resolver/primitives/head.ts";
import { type Address, type Hash, type Hex, hexOf, word } from "../../resolver/primitives/hex.ts";
import { encodeRlp } from "../../resolver/primitives/rlp.ts";
import type { EnvelopeSubject, ProofEnvelope } from "../../resolver/proofs/envelope.ts";
import { REGISTRY_NAMES, REGISTRY_OF, type RegistryName } from "../../resolver/registry-event.ts";

/** Maximum number of slots in one `eth_getProof`: a chain's server walks the state tree for each. */
const SLOTS_A_PROOF = 500;

/** Content of an envelope, which proves it as of one block. */
export interface EnvelopeContent {
  readonly block: { readonly number: number; readonly hash: Hash };
  readonly subjects: readonly EnvelopeSubject[];
  readonly identities: readonly Address[];
  /** Subjects and types whose accepted grants are proven, and the number of these grants. */
  readonly accreditations?: readonly (AccreditationId & { readonly count: number })[];
  readonly attestations: readonly string[];
  readonly handovers: readonly Hex[];
}

/**
 * Requests the proofs of some subjects at a block from the chain, and builds the envelope.
 *
 * @throws UnavailableError when the chain has no such block or no proof of it now; ChainDataError when it answers for
 * another block, or not in the right form.
 */
export async function makeEnvelope(
  network: NetworkDescriptor,
  rpc: Rpc,
  content: EnvelopeContent,
): Promise<ProofEnvelope> {
  const { block, subjects, identities, accreditations = [], attestations, handovers } = content;
  const [header, ...answers] = await rpc([
    ["eth_getBlockByNumber", [`0x${block.number.toString(16)}`, false]],
    ...proofCallsOf(network, content, block.number),
  ]);
  return {
    version: 1,
    network: network.name,
    header: headerOf(header, block),
    attestations: [...attestations],
    handovers: [...handovers],
    nodes: [...new Set(answers.flatMap(nodesOf))],
    subjects: [...subjects],
    identities: [...identities],
    ...(accreditations.length > 0 && {
      accreditations: accreditations.map(({ subject, typeId }) => ({ subject, typeId })),
    }),
  };
}

/**
 * The tree nodes that prove some subjects at a block, as in {@link makeEnvelope}.
 * @throws errors of the chain's server, for example that it no longer keeps the state of this block.
 */
export async function provingNodes(
  network: NetworkDescriptor,
  rpc: Rpc,
  content: Subjects,
  block: number,
): Promise<ReadonlySet<Hex>> {
  return new Set((await rpc(proofCallsOf(network, content, block))).flatMap(nodesOf));
}

type Subjects = Pick<EnvelopeContent, "subjects" | "identities" | "accreditations">;

function proofCallsOf(network: NetworkDescriptor, content: Subjects, block: number): RpcCall[] {
  return [...slotsOf(network, content)].flatMap(([name, slots]) => proofCalls(network, name, slots, block));
}

function slotsOf(
  network: NetworkDescriptor,
  { subjects, identities, accreditations = [] }: Subjects,
): Map<RegistryName, Hash[]> {
  const { slots } = currentDeployment(network);
  const found = new Map<RegistryName, Hash[]>(REGISTRY_NAMES.map((name) => [name, []]));
  for (const { kind, id } of subjects) found.get(REGISTRY_OF[kind])?.push(headSlot(word(id as Hex), slots.heads));
  for (const identity of identities) found.get("did")?.push(headSlot(word(identity), slots.identities));
  for (const { count, ...accreditation } of accreditations) {
    if (slots.acceptedGrants === undefined) {
      const detail = "The network's descriptor does not say where accepted grants are stored: they can't be proven";
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
    }
    const { length, item } = acceptedSlots(accreditation, slots.acceptedGrants);
    found.get("trust")?.push(length, ...Array.from({ length: count }, (_, at) => item(at)));
  }
  return found;
}

function proofCalls(network: NetworkDescriptor, name: RegistryName, slots: readonly Hash[], block: number): RpcCall[] {
  const { address } = currentDeployment(network).registries[name];
  const calls: RpcCall[] = [];
  for (let from = 0; from < slots.length; from += SLOTS_A_PROOF) {
    calls.push(["eth_getProof", [address, slots.slice(from, from + SLOTS_A_PROOF), `0x${block.toString(16)}`]]);
  }
  return calls;
}

function headerOf(answer: unknown, { number, hash }: EnvelopeContent["block"]): Hex {
  if (answer === null) throw new UnavailableError(`The chain has no block ${number} now`);
  const fields = headerFields(object(answer, "block"));
  const got = fields === undefined ? "no header" : headerHashes(fields)[0];
  if (fields === undefined || got !== hash)
    throw new ChainDataError(`The chain gave block ${number} as ${got}, wanted ${hash}`);
  return hexOf(encodeRlp(fields));
}

/** The nodes of an answer to `eth_getProof` (EIP-1186); only their form is checked here, because the verifier hashes them. */
function nodesOf(answer: unknown): Hex[] {
  const { accountProof, storageProof } = object(answer, "eth_getProof");
  if (!Array.isArray(accountProof) || !Array.isArray(storageProof)) {
    throw new ChainDataError("The chain answered eth_getProof without accountProof or storageProof");
  }
  const paths = [accountProof, ...storageProof.map((slot) => object(slot, "storage proof").proof)];
  return paths.flat().map((node) => {
    if (typeof node !== "string" || !/^0x(?:[0-9a-fA-F]{2})*$/.test(node)) {
      throw new ChainDataError("The chain answered eth_getProof with a node that is no hex");
    }
    return node.toLowerCase() as Hex;
  });
}
