import { UnavailableError } from "../../resolver/errors.ts";
import { indexSnapshot } from "../../resolver/evidence/from-index.ts";
import { grantLookup, withLinksAbove } from "../../resolver/evidence/gather.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { Subject } from "../../resolver/registry-event.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { GrantLookup } from "../../resolver/trust/accreditation.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import { type EventBlock, heldIndex, type IndexSnapshot, type LiveIndex, newestOf } from "../index/live-index.ts";
import type { AcceptedGrants } from "./accepted-grants.ts";
import { heldEvents } from "./held-events.ts";

/**
 * Maximum number of accepted grants in an answer. At most 8 of a type are valid at the same time
 * (`TrustRegistry.MAX_OPEN_GRANTS`), so a DID exceeds this number only by accepting grants over years, or on purpose.
 */
export const MAX_GRANTS = 256;

export interface AccreditationsQuestion {
  readonly subject: Address;
  /** `undefined` means all types. */
  readonly typeId?: Hash | undefined;
  /** Number of the block whose knowledge is used; by default the newest. */
  readonly block?: number | undefined;
}

/** A DID's accreditations as of a block. */
export interface Accreditations {
  /** The newest block that this node serves. */
  readonly newest: AsOf;
  /** The newest block with an event at or below the one whose knowledge is used; `undefined` when there was none. */
  readonly lastChange: EventBlock | undefined;
  /** The DID's accepted grants, sorted by type and number, so that the order is the same on every node. */
  readonly grants: readonly GrantState[];
  /** Those grants and all links above them, in the same order. */
  readonly links: readonly GrantState[];
  readonly lookup: GrantLookup;
}

export interface TrustSource {
  readonly index: LiveIndex;
  readonly accepted: AcceptedGrants;
  readonly chainId: number;
}

/**
 * Reads a DID's accreditations as of a block, with their links up to the trust roots, from one version of the index and with
 * the library's functions for evidence.
 *
 * @throws UnavailableError for a block that is not known yet, or more than {@link MAX_GRANTS}; StoreError.
 */
export async function readAccreditations(
  source: TrustSource,
  question: AccreditationsQuestion,
): Promise<Accreditations> {
  const { index, accepted } = source;
  await accepted.load();
  newestOf(index, question.block);
  await using held = heldIndex(index);
  return await accreditationsIn(held, source, question);
}

/**
 * {@link readAccreditations} from a snapshot. The grants have to be loaded, and the snapshot has to be taken without an
 * `await` before this call, so that the ids of the grants are of the same version.
 * @throws UnavailableError for more than {@link MAX_GRANTS}; StoreError.
 */
export async function accreditationsIn(
  held: IndexSnapshot,
  { accepted, chainId }: Omit<TrustSource, "index">,
  { subject, typeId, block }: AccreditationsQuestion,
): Promise<Accreditations> {
  const newest = held.asOf;
  const own = accepted.of(subject).filter((id) => typeId === undefined || held.state("grant", id)?.typeId === typeId);
  if (own.length > MAX_GRANTS) {
    throw new UnavailableError(
      `This DID accepted ${own.length} grants, at most ${MAX_GRANTS} are read: ask for one type, or ask the chain`,
    );
  }
  const asOf = { ...newest, number: block ?? newest.number };
  const events = (one: Subject) => heldEvents(held, one, asOf.number);
  const known = await withLinksAbove(indexSnapshot({ asOf, chainId, events, accepted: () => own }), own);
  // Read from the state, because a DID may have very many events.
  const deactivatedAt = async (one: Address) => {
    const end = held.state("did", one)?.deactivated;
    return end && end.block <= asOf.number ? end.time : undefined;
  };
  const lookup = await grantLookup({ deactivatedAt }, known);
  const grants = own.flatMap((id) => known.get(id) ?? []).filter((grant) => grant.accepted !== null);
  return {
    newest,
    lastChange: await held.lastChange(asOf.number),
    grants: grants.sort(byTypeAndNumber),
    links: [...known.values()].sort(byTypeAndNumber),
    lookup,
  };
}

function byTypeAndNumber(a: GrantState, b: GrantState): number {
  if (a.typeId !== b.typeId) return a.typeId < b.typeId ? -1 : 1;
  if (a.number !== b.number) return a.number - b.number;
  return a.grantId < b.grantId ? -1 : 1;
}
