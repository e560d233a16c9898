import { type AccreditationId, MAX_ACCEPTED_GRANTS } from "../../resolver/chain/accepted-slots.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { Subject } from "../../resolver/registry-event.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
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
    .filter((grant) => types.has(grant.typeId) && (grant.accepted?.block ?? Number.POSITIVE_INFINITY) <= block)
    .sort(byAge);
  const issuers = new Map<Hex, number>();
  for (const grant of grants)
    if (!issuers.has(grant.subject)) issuers.set(grant.subject, grant.accepted?.block ?? block);
  const found: ScopedSubject[] = [
    ...[...types].map((id) => ({ kind: "type", id, since: 0 }) as const),
    ...grants.map((grant) => ({ kind: "grant", id: grant.grantId, since: grant.accepted?.block ?? block }) as const),
    ...[...issuers].map(([id, since]) => ({ kind: "did", id, since }) as const),
    ...[...issuers].flatMap(([issuer, since]) =>
      lists
        .of(issuer)
        .filter(({ typeId }) => types.has(typeId))
        .map(({ list }) => ({ kind: "list", id: list, since }) as const),
    ),
  ];
  if (found.length <= MAX_BUNDLE_SUBJECTS) return { subjects: found, accreditations: accreditationsOf(grants, block) };
  throw new UnavailableError(
    `These types have ${found.length} DIDs, grants and lists, at most ${MAX_BUNDLE_SUBJECTS} go into a bundle: ask for fewer types`,
  );
}

/** @param grants accepted ones, oldest first. */
function accreditationsOf(grants: readonly GrantState[], block: number): ScopedAccreditation[] {
  const found = new Map<string, { subject: Hex; typeId: Hash; accepted: number[] }>();
  for (const { subject, typeId, accepted } of grants) {
    const one = found.get(subject + typeId) ?? { subject, typeId, accepted: [] };
    one.accepted.push(accepted?.block ?? block);
    found.set(subject + typeId, one);
  }
  return [...found.values()].filter(({ accepted }) => accepted.length <= MAX_ACCEPTED_GRANTS);
}

function byAge(a: GrantState, b: GrantState): number {
  return (a.accepted?.block ?? 0) - (b.accepted?.block ?? 0) || (a.grantId < b.grantId ? -1 : 1);
}
