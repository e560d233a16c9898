import { type AccreditationId, MAX_ACCEPTED_GRANTS } from "../../resolver/chain/accepted-slots.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { Subject } from "../../resolver/registry-event.ts";
import type { IndexSnapshot } from "../index/live-index.ts";
import type { AcceptedGrants } from "../trust/accepted-grants.ts";
import type { IssuerLists } from "../trust/issuer-lists.ts";

/** Maximum number of subjects of a bundle. */
export const MAX_BUNDLE_SUBJECTS = 20_000;

/** A subject of a bundle, and the number of the first block at which a bundle of these types contains it. */
export interface ScopedSubject extends Subject {
  readonly since: number;
}

/** A DID's accepted grants of a type, by the blocks in which they were accepted, oldest first. */
export interface ScopedAccreditation extends AccreditationId {
  readonly accepted: readonly number[];
}

/** A grant, and the number of the block in which it was accepted. */
interface AcceptedGrant extends AccreditationId {
  readonly grantId: Hash;
  readonly since: number;
}

/** What a bundle of some credential types proves. */
export interface BundleScope {
  readonly subjects: readonly ScopedSubject[];
  readonly accreditations: readonly ScopedAccreditation[];
}

/**
 * What a verifier of some credential types needs: the types, every accepted grant of them, the DIDs that accepted these, and
 * the lists of these DIDs for the types. Grants that were not accepted have no effect. That none of a DID's accepted grants is
 * missing is proven too, unless they are more than a proof covers.
 *
 * @throws UnavailableError for more than {@link MAX_BUNDLE_SUBJECTS}.
 */
export function bundleScope(
  { state }: Pick<IndexSnapshot, "state">,
  { accepted, lists }: { readonly accepted: AcceptedGrants; readonly lists: IssuerLists },
  { types, block }: { readonly types: ReadonlySet<Hash>; readonly block: number },
): BundleScope {
  const grants = accepted
    .all()
    .flatMap((id) => state("grant", id) ?? [])
    .flatMap(({ grantId, subject, typeId, accepted: at }): AcceptedGrant[] =>
      types.has(typeId) && at !== null && at.block <= block ? [{ grantId, subject, typeId, since: at.block }] : [],
    )
    .sort((a, b) => a.since - b.since || (a.grantId < b.grantId ? -1 : 1));
  const issuers = new Map<Hex, number>();
  for (const { subject, since } of grants) if (!issuers.has(subject)) issuers.set(subject, since);
  const found: ScopedSubject[] = [
    ...[...types].map((id) => ({ kind: "type", id, since: 0 }) as const),
    ...grants.map(({ grantId, since }) => ({ kind: "grant", id: grantId, since }) as const),
    ...[...issuers].map(([id, since]) => ({ kind: "did", id, since }) as const),
    ...[...issuers].flatMap(([issuer, since]) =>
      lists
        .of(issuer)
        .filter(({ typeId }) => types.has(typeId))
        .map(({ list }) => ({ kind: "list", id: list, since }) as const),
    ),
  ];
  if (found.length <= MAX_BUNDLE_SUBJECTS) return { subjects: found, accreditations: accreditationsOf(grants) };
  throw new UnavailableError(
    `These types have ${found.length} DIDs, grants and lists, at most ${MAX_BUNDLE_SUBJECTS} go into a bundle: ask for fewer types`,
  );
}

/** @param grants oldest first. */
function accreditationsOf(grants: readonly AcceptedGrant[]): ScopedAccreditation[] {
  const found = new Map<string, AccreditationId & { accepted: number[] }>();
  for (const { subject, typeId, since } of grants) {
    const one = found.get(subject + typeId) ?? { subject, typeId, accepted: [] };
    one.accepted.push(since);
    found.set(subject + typeId, one);
  }
  return [...found.values()].filter(({ accepted }) => accepted.length <= MAX_ACCEPTED_GRANTS);
}
