import { indexSnapshot } from "../../../resolver/evidence/from-index.ts";
import { gatherGrants } from "../../../resolver/evidence/gather.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Hash, Hex } from "../../../resolver/primitives/hex.ts";
import type { RegistryEvent } from "../../../resolver/registry-event.ts";
import {
  type ListEvidence,
  type TrustAnswer,
  type TrustQuestion,
  trustAnswer,
} from "../../../resolver/trust/trust-answer.ts";
import type { IndexSnapshot } from "../../index/live-index.ts";
import { heldEvents } from "../../trust/held-events.ts";
import type { AsOfMoment } from "./as-of.ts";
import { indexHistory, type StatusChange } from "./audited-status.ts";
import { type HeadEvidence, headEvidence } from "./evidence.ts";

/** The trust answer as of a block, with the events and heads on the chain that it depends on. */
export type AuditedTrust = Omit<TrustAnswer, "staleness"> & {
  /** Changes of the credential's own status, oldest first. */
  readonly changes: readonly StatusChange[];
  /** The heads of all subjects that were folded for it: the issuer, the grants, their subjects and the list. */
  readonly heads: readonly HeadEvidence[];
};

export interface TrustMoment extends Pick<AsOfMoment, "asOf"> {
  /** The wanted moment, or the current time, in Unix seconds. A credential issued after it is not valid. */
  readonly now: number;
  /** Ids of the grants of all types that the issuer accepted: see `AcceptedGrants`. */
  readonly accepted: readonly Hash[];
}

/** Whether a credential could be trusted with the knowledge as of a block. */
export async function trustAt(
  held: IndexSnapshot,
  network: NetworkDescriptor,
  question: TrustQuestion,
  { asOf, now, accepted }: TrustMoment,
): Promise<AuditedTrust> {
  const { issuer, typeId, at, status } = question;
  const to = asOf.number;
  const { chainId } = network;
  const read = new Map<Hex, { readonly kind: "did" | "grant" | "list"; readonly last: RegistryEvent }>();
  const snapshot = indexSnapshot({
    asOf,
    chainId,
    accepted: () => accepted.filter((id) => held.state("grant", id)?.typeId === typeId),
    events: async ({ kind, id }) => {
      const events = await heldEvents(held, { kind, id }, to);
      const last = events.at(-1);
      if (last !== undefined) read.set(id, { kind, last });
      return events;
    },
  });
  const { events: did } = await snapshot.did(issuer);
  const { grants, trust } = await gatherGrants(snapshot, { issuer, typeId, at });
  const heads: HeadEvidence[] = [];
  for (const [id, { kind, last }] of read) {
    const state = kind === "did" ? (await snapshot.did(id)).state : trust.grant(id);
    if (state !== undefined) heads.push(headEvidence(network, { kind, id }, { last, state }));
  }
  let list: ListEvidence | null = null;
  let changes: readonly StatusChange[] = [];
  if (status !== null) {
    const found = await indexHistory(held, status, { to, chainId });
    if (found !== undefined) {
      const { folded, closedAt, revoked, suspended } = found;
      list = { state: folded.state, closedAt, revoked, suspended };
      ({ changes } = found);
      heads.push(headEvidence(network, { kind: "list", id: status.list }, folded));
    }
  }
  const evidence = { asOf, did, grants, trust, list };
  // Staleness has no meaning for an answer about the past, so it is left out.
  const { staleness: _, ...answer } = trustAnswer(question, evidence, { now, maxStaleness: Number.POSITIVE_INFINITY });
  return { ...answer, changes, heads };
}
