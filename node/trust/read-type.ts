import { UnavailableError } from "../../resolver/errors.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import type { EventBlock } from "../index/live-index.ts";
import { newestOf, type TrustSource } from "./read-accreditations.ts";

/** Maximum number of accreditations of a type in one answer: a grantor can create many, and accept them with its own DIDs. */
export const MAX_TYPE_GRANTS = 1_000;

/** A log of a grant, from which a client can fold the grant. */
export interface GrantLog {
  readonly block: number;
  readonly blockHash: Hash;
  readonly time: number;
  readonly transaction: Hash;
  readonly logIndex: number;
  readonly topics: readonly Hash[];
  readonly data: Hex;
}

/** An accepted grant with all its events, and the Unix time at which its subject's DID was deactivated, if it was. */
export interface TypeGrant {
  readonly grant: GrantState;
  readonly deactivatedAt: number | null;
  readonly history: readonly GrantLog[];
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
  for (;;) {
    const newest = newestOf(index);
    const states = accepted.ofType(typeId).flatMap((id) => index.state("grant", id) ?? []);
    states.sort((a, b) => a.created.block - b.created.block || (a.grantId < b.grantId ? -1 : 1));
    const grants: TypeGrant[] = [];
    for (const grant of states.slice(0, MAX_TYPE_GRANTS)) {
      const history: GrantLog[] = [];
      for await (const { log, time } of index.events("grant", grant.grantId)) {
        const { blockNumber: block, blockHash, transactionHash: transaction, logIndex, topics, data } = log;
        history.push({ block, blockHash, time, transaction, logIndex, topics, data });
      }
      const deactivatedAt = index.state("did", grant.subject)?.deactivated?.time ?? null;
      grants.push({ grant, deactivatedAt, history });
    }
    const lastChange = await index.lastChange(newest.number);
    // A new block was committed meanwhile, so the reads may mix two versions: read again.
    if (index.asOf()?.hash !== newest.hash) continue;
    if (grants.some(({ history }) => history.length === 0))
      throw new UnavailableError("The index lacks the events of a grant");
    return { newest, lastChange, grants, left: Math.max(0, states.length - MAX_TYPE_GRANTS) };
  }
}
