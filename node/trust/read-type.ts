import { UnavailableError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import { type EventBlock, heldIndex } from "../index/live-index.ts";
import { heldEvents } from "./held-events.ts";
import type { TrustSource } from "./read-accreditations.ts";
import { type ShownLog, shownLog } from "./shown-log.ts";

/** Maximum number of accreditations of a type in one answer: a grantor can create many, and accept them with its own DIDs. */
export const MAX_TYPE_GRANTS = 1_000;

/** An accepted grant with all its events, and the Unix time at which its subject's DID was deactivated, if it was. */
export interface TypeGrant {
  readonly grant: GrantState;
  readonly deactivatedAt: number | null;
  readonly history: readonly ShownLog[];
}

/** The accreditations of a type, as of the served block. */
export interface TypeTree {
  readonly newest: AsOf;
  readonly lastChange: EventBlock | undefined;
  /** Oldest first, so that a grant comes after the one above it. */
  readonly grants: readonly TypeGrant[];
  /** Number of further grants, which are left out. */
  readonly left: number;
}

/**
 * Reads the accepted grants of a type with their events, including grants that are no longer valid. From them a client can
 * derive who could issue the type at any moment, with the knowledge of any block.
 *
 * @throws UnavailableError before the first block is known; StoreError.
 */
export async function readType({ index, accepted }: TrustSource, typeId: Hash): Promise<TypeTree> {
  await accepted.load();
  await using held = heldIndex(index);
  // Read before the first `await`, so that they are of the same version as the snapshot.
  const states = accepted.ofType(typeId).flatMap((id) => held.state("grant", id) ?? []);
  states.sort((a, b) => a.created.block - b.created.block || (a.grantId < b.grantId ? -1 : 1));
  const { asOf: newest } = held;
  const grants: TypeGrant[] = [];
  for (const grant of states.slice(0, MAX_TYPE_GRANTS)) {
    const events = await heldEvents(held, { kind: "grant", id: grant.grantId }, newest.number);
    if (events.length === 0) throw new UnavailableError("The index lacks the events of a grant");
    const deactivatedAt = held.state("did", grant.subject)?.deactivated?.time ?? null;
    grants.push({ grant, deactivatedAt, history: events.map(({ event }) => shownLog(event)) });
  }
  const lastChange = await held.lastChange(newest.number);
  return { newest, lastChange, grants, left: Math.max(0, states.length - MAX_TYPE_GRANTS) };
}
