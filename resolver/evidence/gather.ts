import { UnavailableError } from "../errors.ts";
import type { Address, Hash } from "../primitives/hex.ts";
import { type GrantFacts, type GrantLookup, MAX_DEPTH, standingOf } from "../trust/accreditation.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Most accepted grants of one type that are looked at. At most 8 hold at a time (`TrustRegistry.MAX_OPEN_GRANTS`): a DID with
 * more than this accepted them itself, over centuries or on purpose.
 */
export const MAX_GRANTS = 256;

/** Whose accreditation for what is judged, and when. */
export interface AccreditationQuestion {
  readonly issuer: Address;
  readonly typeId: Hash;
  /** The moment judged, in Unix seconds. */
  readonly at: number;
}

/** An issuer's accreditation as of one block. */
export interface Accreditation {
  /** The grants of the type that the issuer accepted, those that were replaced since included. */
  readonly grants: readonly GrantFacts[];
  /** Those, the links above them, and when their subjects were deactivated. */
  readonly trust: GrantLookup;
}

/**
 * Reads a DID's accepted grants of one type, with all links above them. Every one that it ever accepted is read: a credential is
 * judged at the moment of its issue. Who may grant can make any number of pending ones: none of them is read.
 *
 * @throws UnavailableError for more than {@link MAX_GRANTS}, and what the snapshot throws.
 */
export async function gatherGrants(
  snapshot: Snapshot,
  { issuer, typeId, at }: AccreditationQuestion,
): Promise<Accreditation> {
  const ids = await snapshot.acceptedGrants(issuer, typeId);
  if (ids.length > MAX_GRANTS) {
    throw new UnavailableError(`${issuer} accepted ${ids.length} grants of this type, at most ${MAX_GRANTS} are read`);
  }
  const known = await withLinksAbove(snapshot, ids);
  const trust = await grantLookup(snapshot, known);
  // What is shown is read whole: the chain that holds, else the one that came closest.
  const standings = ids.map((id) => standingOf(trust, id, at));
  const { chain = [] } = standings.find(({ holds }) => holds) ?? standings.at(-1) ?? {};
  for (const grant of await Promise.all(chain.map((link) => snapshot.wholeGrant(link))))
    known.set(grant.grantId, grant);
  return { grants: ids.flatMap((id) => known.get(id) ?? []), trust };
}

/** Grants and every one above them, level by level: as many questions as there are levels. */
export async function withLinksAbove<G extends GrantFacts>(
  snapshot: { readonly grants: (ids: readonly Hash[]) => Promise<readonly (G | undefined)[]> },
  ids: readonly Hash[],
): Promise<Map<Hash, G>> {
  const known = new Map<Hash, G>();
  let wanted = [...new Set(ids)];
  for (let level = 0; wanted.length > 0 && level <= MAX_DEPTH; level++) {
    for (const grant of await snapshot.grants(wanted)) if (grant !== undefined) known.set(grant.grantId, grant);
    const above = wanted.flatMap((id) => known.get(id)?.parent ?? []);
    wanted = [...new Set(above)].filter((id) => !known.has(id));
  }
  return known;
}

/** What decides whether grants hold; the map may still get more of them. */
export async function grantLookup(
  snapshot: Pick<Snapshot, "deactivatedAt">,
  known: ReadonlyMap<Hash, GrantFacts>,
): Promise<GrantLookup> {
  const subjects = [...new Set([...known.values()].map(({ subject }) => subject))];
  const times = await Promise.all(subjects.map((subject) => snapshot.deactivatedAt(subject)));
  const ends = new Map(subjects.map((subject, at) => [subject, times[at]]));
  return { grant: (id) => known.get(id), deactivatedAt: (subject) => ends.get(subject) };
}
