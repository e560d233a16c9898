import type { Moment } from "../did/apply-event.ts";
import { ChainDataError } from "../errors.ts";
import type { Address, Hash } from "../primitives/hex.ts";
import type { GrantState } from "./apply-trust-event.ts";

/** `TrustRegistry.MAX_DEPTH`: most links of a chain of grants. */
export const MAX_DEPTH = 4;

/**
 * What decides whether a grant holds, and its label. The moment of its acceptance and the number of its events are known only
 * when all its events were read; they are `null` when only the contract's storage was read.
 */
export type GrantFacts = Omit<GrantState, "accepted" | "events"> & {
  readonly accepted: Moment | { readonly block: null; readonly time: null } | null;
  readonly events: number | null;
};

/** Grants, and deactivations of DIDs, as of some block. */
export interface GrantLookup {
  /** A grant by its id; `undefined` when there is none. */
  readonly grant: (grantId: Hash) => GrantFacts | undefined;
  /** Unix time at which a DID was deactivated; `undefined` while it is not. */
  readonly deactivatedAt: (subject: Address) => number | undefined;
}

/**
 * Why a grant does not hold:
 * - `unknownGrant`: there is none, as of the block whose knowledge is used;
 * - `pending`: its subject has not accepted it;
 * - `notYetValid`, `expired`: the moment is outside of its validity;
 * - `withdrawn`: it was withdrawn from that moment or an earlier one on;
 * - `void`: it was created at or after the withdrawal of a grant above it;
 * - `deactivated`: its subject's DID was deactivated by then.
 */
export type GrantFault = "unknownGrant" | "pending" | "notYetValid" | "expired" | "withdrawn" | "void" | "deactivated";

/** Whether a grant holds at a moment, with the chain from it up to the root as far as it is known. */
export interface Standing {
  readonly holds: boolean;
  /** Why it does not hold; `link` is the grant of the chain at fault. */
  readonly reason?: GrantFault;
  readonly link?: Hash;
  readonly chain: readonly GrantFacts[];
}

/**
 * Judges a grant and every grant above it, as `TrustRegistry.holds` does.
 *
 * @param at the moment judged, in Unix seconds.
 * @throws ChainDataError when a chain has more links than the contract allows.
 */
export function standingOf(lookup: GrantLookup, grantId: Hash, at: number): Standing {
  const chain: GrantFacts[] = [];
  let found: Pick<Standing, "reason" | "link"> | undefined;
  for (let link: Hash | null = grantId; link !== null; ) {
    const grant = lookup.grant(link);
    if (grant === undefined) return { holds: false, reason: "unknownGrant", link, chain };
    const reason = isVoid(chain[0], grant) ? "void" : whyNot(grant, lookup.deactivatedAt(grant.subject), at);
    if (reason !== undefined) found ??= { reason, link };
    if (chain.push(grant) > MAX_DEPTH) throw new ChainDataError(`Grant ${grantId} has more than ${MAX_DEPTH} links`);
    link = grant.parent;
  }
  return found === undefined ? { holds: true, chain } : { holds: false, ...found, chain };
}

/** Whether any of a subject's grants of one type holds at a moment; `TrustRegistry.isAccredited` for any moment. */
export function isAccredited(lookup: GrantLookup, grantIds: Iterable<Hash>, at: number): boolean {
  for (const grantId of grantIds) if (standingOf(lookup, grantId, at).holds) return true;
  return false;
}

/** Every grant that was created from the date of the withdrawal on is void, also for moments before that date. */
function isVoid(leaf: GrantFacts | undefined, above: GrantFacts): boolean {
  return leaf !== undefined && above.withdrawnFrom !== null && leaf.created.time >= above.withdrawnFrom;
}

function whyNot(grant: GrantFacts, deactivatedAt: number | undefined, at: number): GrantFault | undefined {
  if (grant.accepted === null) return "pending";
  if (at < grant.notBefore) return "notYetValid";
  if (grant.withdrawnFrom !== null && at >= grant.withdrawnFrom) return "withdrawn";
  if (at >= grant.notAfter) return "expired";
  if (deactivatedAt !== undefined && at >= deactivatedAt) return "deactivated";
  return undefined;
}
