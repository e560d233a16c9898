import { MAX_ACCEPTED_GRANTS } from "../../resolver/chain/accepted-slots.ts";
import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { MAX_ISSUER_BYTES } from "../../resolver/nodes/http-node.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import { LruCache } from "../../resolver/primitives/lru.ts";
import type { ProofEnvelope } from "../../resolver/proofs/envelope.ts";
import type { Subject } from "../../resolver/registry-event.ts";
import { listIdOf } from "../../resolver/status/apply-status-event.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import type { LiveIndex } from "../index/live-index.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { AcceptedGrants } from "../trust/accepted-grants.ts";
import { makeEnvelope } from "./make-envelope.ts";
import { readEnvelopeSubject } from "./read-subject.ts";
import type { SealedBlock, SealedBlocks } from "./sealed-blocks.ts";

/** Bytes of cached envelopes. */
const MAX_KEPT_BYTES = 32 * 1_048_576;

/** Maximum length of the events of a DID in an envelope: the library reads no longer answers. */
export const MAX_PROOF_BYTES = MAX_ISSUER_BYTES;

/** What an envelope has to prove. */
export type ProofQuestion =
  | { readonly about: "did"; readonly did: Address }
  | {
      readonly about: "accreditation";
      readonly did: Address;
      readonly typeId: Hash;
      readonly list?: bigint | undefined;
    }
  | { readonly about: "list"; readonly issuer: Address; readonly number: bigint };

/** An encoded envelope, and the block as of which it proves. */
export interface ReadyProof {
  readonly block: BlockRef;
  readonly bytes: Buffer;
}

export interface ProofsOptions {
  readonly network: NetworkDescriptor;
  readonly index: LiveIndex;
  readonly accepted: AcceptedGrants;
  readonly blocks: SealedBlocks;
  /** Requests proofs from the chain; another connection than that of the follower. */
  readonly rpc: Rpc;
}

/**
 * Envelopes as of the newest sealed block. Each is made once per block and then cached. Of a subject that does not exist,
 * the absence is proven: its head is 0.
 */
export class Proofs {
  readonly #options: ProofsOptions;
  readonly #kept = new LruCache<string, ReadyProof>({
    max: MAX_KEPT_BYTES,
    sizeOf: ({ bytes }) => bytes.length,
  });
  /** Envelopes that are being made, by question and block. */
  readonly #making = new Map<string, Promise<ReadyProof>>();

  constructor(options: ProofsOptions) {
    this.#options = options;
  }

  /**
   * @throws UnavailableError when nothing can be proven now; ResolutionError `FEATURE_NOT_SUPPORTED` when this network has
   * no proofs; ChainDataError, StoreError.
   */
  async prove(question: ProofQuestion): Promise<ReadyProof> {
    const sealed = await this.#options.blocks.newest();
    const { block } = sealed;
    const key = `${block.hash} ${Object.values(question).join(" ")}`;
    const known = this.#kept.get(key) ?? this.#making.get(key);
    if (known !== undefined) return known;
    const making = this.#make(question, sealed)
      .then((envelope) => ({ block, bytes: Buffer.from(JSON.stringify(envelope)) }))
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    const made = await making;
    this.#kept.set(key, made);
    return made;
  }

  async #make(question: ProofQuestion, sealed: SealedBlock): Promise<ProofEnvelope> {
    const { network, index, accepted, rpc } = this.#options;
    const { block, attestations, handovers } = sealed;
    if (question.about === "accreditation") await accepted.load();
    await using held = index.hold();
    if (held === undefined || held.asOf.number < block.number) {
      throw new UnavailableError(`The index is not at block ${block.number} yet: ask again`);
    }
    const content = contentOf(question, { accepted, block: block.number, grant: (id) => held.state("grant", id) });
    const at = { network, block: block.number, maxBytes: MAX_PROOF_BYTES };
    const subjects: ProofEnvelope["subjects"] = [];
    for (const subject of content.subjects) subjects.push((await readEnvelopeSubject(held, subject, at)).subject);
    return await makeEnvelope(network, rpc, { block, ...content, subjects, attestations, handovers });
  }
}

interface Content {
  readonly subjects: readonly Subject[];
  readonly identities: readonly Address[];
  readonly accreditations: readonly { readonly subject: Address; readonly typeId: Hash; readonly count: number }[];
}

/** Grants as of the newest block of the index, and the block of the envelope, which may be older. */
interface Grants {
  readonly accepted: AcceptedGrants;
  readonly block: number;
  readonly grant: (id: Hash) => GrantState | undefined;
}

function contentOf(question: ProofQuestion, grants: Grants): Content {
  switch (question.about) {
    case "did":
      return { subjects: [{ kind: "did", id: question.did }], identities: [], accreditations: [] };
    case "list": {
      const id = listIdOf(question.issuer, question.number);
      return { subjects: [{ kind: "list", id }], identities: [], accreditations: [] };
    }
    case "accreditation": {
      const { did, typeId, list } = question;
      const own = acceptedBy(grants, did, typeId);
      const links = withLinksAbove(grants, own);
      const others = [...new Set(links.map(({ subject }) => subject))].filter((subject) => subject !== did);
      return {
        subjects: [
          { kind: "did", id: did },
          { kind: "type", id: typeId },
          ...links.map(({ grantId }): Subject => ({ kind: "grant", id: grantId })),
          ...(list === undefined ? [] : [{ kind: "list", id: listIdOf(did, list) } satisfies Subject]),
        ],
        identities: others,
        accreditations: [{ subject: did, typeId, count: own.length }],
      };
    }
  }
}

/** The grants of a type that a DID had accepted at the envelope's block. */
function acceptedBy({ accepted, grant, block }: Grants, did: Address, typeId: Hash): GrantState[] {
  const own = accepted
    .of(did)
    .flatMap((id) => grant(id) ?? [])
    .filter((one) => one.typeId === typeId && one.accepted !== null && one.accepted.block <= block);
  if (own.length <= MAX_ACCEPTED_GRANTS) return own;
  throw new UnavailableError(
    `This DID accepted ${own.length} grants of the type, at most ${MAX_ACCEPTED_GRANTS} are proven`,
  );
}

/** Grants and all grants above them, each once. The parent of a grant never changes. */
function withLinksAbove({ grant }: Grants, grants: readonly GrantState[]): GrantState[] {
  const found = new Map(grants.map((one) => [one.grantId, one]));
  for (const one of grants) {
    for (let above = one.parent; above !== null && !found.has(above); ) {
      const link = grant(above);
      if (link === undefined) break;
      found.set(above, link);
      above = link.parent;
    }
  }
  return [...found.values()];
}
