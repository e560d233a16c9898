import type { DidState } from "../../../resolver/did/apply-event.ts";
import type { Address, Hash } from "../../../resolver/primitives/hex.ts";
import { MAX_DEPTH, standingOf } from "../../../resolver/trust/accreditation.ts";
import type { GrantState } from "../../../resolver/trust/apply-trust-event.ts";

/** Functions of `TrustRegistry` that change a grant or are called by it, for each account that it refuses none of them. */
export interface GrantWriters {
  /** The controller of the grant's subject. */
  readonly own: readonly string[];
  /** The controllers of the grants above it, from its parent up to the root. */
  readonly above: readonly (readonly string[])[];
  /** The council. */
  readonly council: readonly string[];
  /** Who may grant roots, for a root. */
  readonly roots: readonly string[];
}

/**
 * By the rules of `TrustRegistry`, which functions may be called about a grant at a moment. The numbers of withdrawals and
 * extensions so far, which it also bounds, are left out.
 *
 * @param chain the grant and those above it, up to the root.
 * @param dids the subjects' DIDs; `undefined` for one that was never written.
 * @param at the moment, in Unix seconds.
 */
export function grantWriters(
  chain: readonly GrantState[],
  dids: ReadonlyMap<Address, DidState | undefined>,
  at: number,
): GrantWriters {
  const [grant, ...above] = chain;
  if (grant === undefined) throw new RangeError("A chain has at least one grant");
  const holds = (id: Hash, accepted = chain) =>
    standingOf(
      {
        grant: (one) => accepted.find(({ grantId }) => grantId === one),
        deactivatedAt: (subject) => dids.get(subject)?.deactivated?.time,
      },
      id,
      at,
    ).holds;
  const { grantId, notBefore, notAfter, accepted, mayGrant } = grant;
  const withdrawnFrom = grant.withdrawnFrom ?? Number.POSITIVE_INFINITY;
  const isOpen = holds(grantId);
  const wouldHold = holds(grantId, [{ ...grant, accepted: grant.created }, ...above]);
  // The end can be moved to an earlier time only, and not before the start; by the subject not before now either.
  const canEnd = withdrawnFrom > notBefore;
  const canLeave = Math.max(at, notBefore) < Math.min(notAfter, withdrawnFrom);
  return {
    own: [
      ...(canLeave ? ["withdraw"] : []),
      ...(accepted === null && wouldHold ? ["accept"] : []),
      ...(mayGrant && isOpen && chain.length < MAX_DEPTH ? ["grant"] : []),
    ],
    above: above.map((link, index) => [
      ...(canEnd && holds(link.grantId) ? ["withdraw"] : []),
      ...(index === 0 && isOpen ? ["extend"] : []),
    ]),
    council: canEnd ? ["withdraw"] : [],
    roots: above.length === 0 && isOpen ? ["extend"] : [],
  };
}
