import type { DidEvent } from "../../../resolver/did/decode-log.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { type Address, type Hash, ZERO_ADDRESS } from "../../../resolver/primitives/hex.ts";
import type { TrustKnowledge } from "../../../resolver/trust/accreditation.ts";
import type { GrantState } from "../../../resolver/trust/apply-trust-event.ts";
import {
  type ListEvidence,
  type TrustAnswer,
  type TrustQuestion,
  trustAnswer,
} from "../../../resolver/trust/trust-answer.ts";
import type { HeldIndex } from "../../index/registry-index.ts";
import { type HeadEvidence, headEvidence } from "./evidence.ts";
import { type Cut, type Folded, foldAt } from "./knowledge.ts";
import { indexHistory, type StatusChange } from "./status-at.ts";

/** The trust answer as of a block, with the chain's word for each thing that it rests on. */
export type AuditedTrust = Omit<TrustAnswer, "staleness"> & {
  /** Changes of the credential's own status, oldest first. */
  readonly changes: readonly StatusChange[];
  /** The heads of all subjects that were folded for it: the issuer, grants, their subjects, the list. */
  readonly heads: readonly HeadEvidence[];
};

/** Subjects as of a block, each folded once. */
class TrustReader {
  readonly heads: HeadEvidence[] = [];
  readonly grants = new Map<Hash, GrantState>();
  readonly #held: HeldIndex;
  readonly #network: NetworkDescriptor;
  readonly #to: number;
  readonly #events = new Map<Address, DidEvent[]>();

  constructor(held: HeldIndex, network: NetworkDescriptor, to: number) {
    this.#held = held;
    this.#network = network;
    this.#to = to;
  }

  /** The events of a DID, oldest first. */
  async did(id: Address): Promise<DidEvent[]> {
    const known = this.#events.get(id);
    if (known !== undefined) return known;
    const events: DidEvent[] = [];
    const options = { to: this.#to, chainId: this.#network.chainId };
    const folded = await foldAt(this.#held, { kind: "did", id }, options, ({ kind, event }) => {
      if (kind === "did") events.push(event);
    });
    this.#events.set(id, events);
    if (folded !== undefined) this.heads.push(headEvidence(this.#network, { kind: "did", id }, folded));
    return events;
  }

  /** A grant with those above it, and whether their subjects were deactivated. */
  async grant(id: Hash): Promise<GrantState | undefined> {
    const options = { to: this.#to, chainId: this.#network.chainId };
    const folded: Folded<"grant"> | undefined = await foldAt(this.#held, { kind: "grant", id }, options);
    if (folded === undefined || this.grants.has(id)) return folded?.state;
    this.grants.set(id, folded.state);
    this.heads.push(headEvidence(this.#network, { kind: "grant", id }, folded));
    await this.did(folded.state.subject);
    // The contract bounds how many there are above one another.
    if (folded.state.parent !== null) await this.grant(folded.state.parent);
    return folded.state;
  }

  knowledge(): TrustKnowledge {
    return {
      grant: (id) => this.grants.get(id),
      deactivatedAt: (subject) =>
        this.#events.get(subject)?.find((event) => event.type === "owner" && event.owner === ZERO_ADDRESS)?.time,
    };
  }
}

export interface TrustCut extends Pick<Cut, "asOf"> {
  /** The clock's time, or the moment asked for, in Unix seconds: no credential is issued after it. */
  readonly now: number;
  /** Ids of the grants that the issuer accepted, of all types: see `AcceptedGrants`. */
  readonly accepted: readonly Hash[];
}

/** May a credential be trusted, by what was known as of a block. */
export async function trustAt(
  held: HeldIndex,
  network: NetworkDescriptor,
  question: TrustQuestion,
  { asOf, now, accepted }: TrustCut,
): Promise<AuditedTrust> {
  const { issuer, typeId, status } = question;
  const to = asOf.number;
  const reader = new TrustReader(held, network, to);
  const did = await reader.did(issuer);
  const grants: GrantState[] = [];
  for (const id of accepted) {
    const isOfType = held.state("grant", id)?.typeId === typeId;
    const grant = isOfType ? await reader.grant(id) : undefined;
    if (grant !== undefined) grants.push(grant);
  }
  grants.sort((a, b) => a.number - b.number);
  let list: ListEvidence | null = null;
  let changes: readonly StatusChange[] = [];
  if (status !== null) {
    const found = await indexHistory(held, status, { to, chainId: network.chainId });
    if (found !== undefined) {
      const { folded, closedAt, revoked, suspended } = found;
      list = { state: folded.state, closedAt, revoked, suspended };
      ({ changes } = found);
      reader.heads.push(headEvidence(network, { kind: "list", id: status.list }, folded));
    }
  }
  const evidence = { asOf, did, grants, trust: reader.knowledge(), list };
  // The past grows no older: how stale it is, is no question of an auditor's.
  const { staleness: _, ...answer } = trustAnswer(question, evidence, { now, maxStaleness: Number.POSITIVE_INFINITY });
  return { ...answer, changes, heads: reader.heads };
}
