import {
  type Address,
  type ChainSnapshot,
  grantLookup,
  type Hash,
  type Standing,
  shownLabel,
  standingOf,
  withLinksAbove,
} from "../../resolver/index.ts";

/**
 * Most grants of a type that are shown without being accepted, the newest ones: every grantor can create any number of them.
 */
const MAX_PENDING = 20;

/** A grant as the chain holds it at a block, and whether it holds at a moment. */
export interface ReadGrant {
  readonly grantId: Hash;
  readonly typeId: Hash;
  /** The label of the grant; `null` when it must not be shown. */
  readonly label: string | null;
  readonly standing: Standing;
}

/**
 * The grants of one type to a DID, with the grants above them up to the root: all accepted ones, and the newest pending ones.
 *
 * @param at the moment judged, in Unix seconds.
 */
export async function readGrants(
  snapshot: ChainSnapshot,
  { subject, typeId, at }: { readonly subject: Address; readonly typeId: Hash; readonly at: number },
): Promise<ReadGrant[]> {
  const [accepted, newest] = await Promise.all([
    snapshot.acceptedGrants(subject, typeId),
    snapshot.grantsTo(subject, typeId, MAX_PENDING),
  ]);
  const ids = [...new Set([...accepted, ...newest])];
  const known = await withLinksAbove(snapshot, ids);
  const whole = await Promise.all([...known.values()].map((grant) => snapshot.wholeGrant(grant)));
  for (const grant of whole) known.set(grant.grantId, grant);
  const trust = await grantLookup(snapshot, known);
  const numbers = new Map(whole.map(({ grantId, number }) => [grantId, number]));
  return ids
    .toSorted((a, b) => (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0))
    .map((grantId) => ({
      grantId,
      typeId,
      label: shownLabel(known.get(grantId)?.label ?? "0x"),
      standing: standingOf(trust, grantId, at),
    }));
}
