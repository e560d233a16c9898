import { UnavailableError } from "../../resolver/errors.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { GrantLookup } from "../../resolver/trust/accreditation.ts";
import { applyGrantEvent, type GrantState } from "../../resolver/trust/apply-trust-event.ts";
import type { GrantEvent } from "../../resolver/trust/decode-trust-log.ts";
import type { EventBlock, StatusIndex } from "../index/registry-index.ts";
import type { AcceptedGrants } from "./accepted-grants.ts";

/**
 * Most accepted grants that an answer is about. At most 8 of a type hold at once (`TrustRegistry.MAX_OPEN_GRANTS`): whose DID
 * has more than this accepted them itself, over years or on purpose.
 */
export const MAX_GRANTS = 256;

export interface AccreditationsQuestion {
  readonly subject: Address;
  /** `undefined` asks for all types. */
  readonly typeId?: Hash | undefined;
  /** Number of the block whose knowledge is used; the newest when it is not given. */
  readonly block?: number | undefined;
}

/** What was known of a DID's accreditations as of a block. */
export interface Accreditations {
  /** The newest block that this node serves. */
  readonly newest: AsOf;
  /** The newest block with an event up to the one whose knowledge is used; `undefined` when there was none. */
  readonly lastChange: EventBlock | undefined;
  /** The DID's accepted grants, by type and number: the same order on every node. */
  readonly grants: readonly GrantState[];
  /** Those grants and all links above them, in the same order. */
  readonly links: readonly GrantState[];
  readonly lookup: GrantLookup;
}

export interface TrustSource {
  readonly index: StatusIndex;
  readonly accepted: AcceptedGrants;
  readonly chainId: number;
}

/**
 * Reads a DID's accreditations, with their links up to the roots, as of a block: all of it from one version of the index.
 *
 * @throws UnavailableError for a block that is not known yet, or more than {@link MAX_GRANTS}; StoreError.
 */
export async function readAccreditations(
  { index, accepted, chainId }: TrustSource,
  { subject, typeId, block }: AccreditationsQuestion,
): Promise<Accreditations> {
  await accepted.load();
  // From here until all reads have begun nothing waits: they are of one version of the index.
  const newest = newestOf(index, block);
  const upTo = block ?? newest.number;
  const own = accepted.of(subject).filter((id) => typeId === undefined || index.state("grant", id)?.typeId === typeId);
  if (own.length > MAX_GRANTS) {
    throw new UnavailableError(
      `This DID accepted ${own.length} grants, at most ${MAX_GRANTS} are read: ask for one type, or ask the chain`,
    );
  }
  const links = withLinksAbove(index, own);
  const ends = new Map<Address, number>();
  for (const { subject } of links) {
    const end = index.state("did", subject)?.deactivated;
    if (end && end.block <= upTo) ends.set(subject, end.time);
  }
  const [lastChange, ...linksThen] = await Promise.all([
    index.lastChange(upTo),
    ...links.map(({ grantId }) => grantAsOf(index.events("grant", grantId), upTo, chainId)),
  ]);

  const known = new Map<Hash, GrantState>();
  for (const grant of linksThen) if (grant !== undefined) known.set(grant.grantId, grant);
  const grants = own.flatMap((id) => known.get(id) ?? []).filter((grant) => grant.accepted !== null);
  const lookup = { grant: (id: Hash) => known.get(id), deactivatedAt: (one: Address) => ends.get(one) };
  const all = [...known.values()].sort(byTypeAndNumber);
  return { newest, lastChange, grants: grants.sort(byTypeAndNumber), links: all, lookup };
}

/**
 * The newest block that an index serves.
 * @throws UnavailableError when there is none, or none up to the one that is asked for.
 */
export function newestOf(index: StatusIndex, asked?: number): AsOf {
  const newest = index.asOf();
  if (newest === undefined) throw new UnavailableError("This node can't answer now: no block is known yet");
  if (asked === undefined || asked <= newest.number) return newest;
  throw new UnavailableError(`asOf is ${asked}, but blocks are known up to ${newest.number} only: ask again later`);
}

/** Grants and every one above them, each once, as of the newest block. What a link is made of never changes. */
function withLinksAbove(index: StatusIndex, grants: readonly Hash[]): GrantState[] {
  const found = new Map<Hash, GrantState>();
  for (const id of grants) {
    for (let link: Hash | null = id; link !== null && !found.has(link); ) {
      const grant: GrantState | undefined = index.state("grant", link);
      if (grant === undefined) break;
      found.set(link, grant);
      link = grant.parent;
    }
  }
  return [...found.values()];
}

async function grantAsOf(
  events: AsyncIterable<GrantEvent>,
  block: number,
  chainId: number,
): Promise<GrantState | undefined> {
  let state: GrantState | undefined;
  for await (const event of events) {
    if (event.block > block) break;
    state = applyGrantEvent(state, event, chainId);
  }
  return state;
}

function byTypeAndNumber(a: GrantState, b: GrantState): number {
  if (a.typeId !== b.typeId) return a.typeId < b.typeId ? -1 : 1;
  if (a.number !== b.number) return a.number - b.number;
  return a.grantId < b.grantId ? -1 : 1;
}
