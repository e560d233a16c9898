import { UnavailableError } from "../errors.ts";
import type { Address, Hash } from "../primitives/hex.ts";
import { type GrantFacts, type GrantLookup, MAX_DEPTH, standingOf } from "../trust/accreditation.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Most accepted grants of one type that are read. At most 8 are open at a time (`TrustRegistry.MAX_OPEN_GRANTS`), so only a DID
 * that accepts grants for centuries, or to exceed the limit, has more.
 */
export const MAX_GRANTS = 256;

/** The issuer and the type of an accreditation, and the moment at which it is judged. */
export interface AccreditationQuestion {
  readonly issuer: Address;
  readonly typeId: Hash;
  /** The moment judged, in Unix seconds. */
  readonly at: number;
}

/** An issuer's accreditation as of one block. */
export interface Accreditation {
  /** The grants of the type that the issuer accepted, replaced ones included. */
  readonly grants: readonly GrantFacts[];
  /** These grants, the grants above them, and when their subjects were deactivated. */
  readonly trust: GrantLookup;
  /** Set when other grants of the issuer may be missing. */
  readonly mayLackGrants?: true;
}

/**
 * Reads a DID's accepted grants of one type, with all grants above them. It reads every grant that the DID ever accepted,
 * because a credential is judged at the moment of its issue. It reads no pending grants, because grantors can create any number
 * of them.
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
  // The chain of grants that is shown is read whole: the one that holds, otherwise the last one.
  const standings = ids.map((id) => standingOf(trust, id, at));
  const { chain = [] } = standings.find(({ holds }) => holds) ?? standings.at(-1) ?? {};
  for (const grant of await Promise.all(chain.map((link) => snapshot.wholeGrant(link))))
    known.set(grant.grantId, grant);
  const mayLack = snapshot.mayLackGrants?.(issuer, typeId) === true;
  return { grants: ids.flatMap((id) => known.get(id) ?? []), trust, ...(mayLack && { mayLackGrants: true }) };
}

/** Grants and all grants above them, with one request for each level. */
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

/** What decides whether grants hold. Grants may still be added to the map. */
export async function grantLookup(
  snapshot: Pick<Snapshot, "deactivatedAt">,
  known: ReadonlyMap<Hash, GrantFacts>,
): Promise<GrantLookup> {
  const subjects = [...new Set([...known.values()].map(({ subject }) => subject))];
  const times = await Promise.all(subjects.map((subject) => snapshot.deactivatedAt(subject)));
  const ends = new Map(subjects.map((subject, at) => [subject, times[at]]));
  return { grant: (id) => known.get(id), deactivatedAt: (subject) => ends.get(subject) };
}
