import { UnavailableError } from "../../resolver/errors.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { GrantState } from "../../resolver/trust/apply-trust-event.ts";
import type { EventBlock } from "../index/live-index.ts";
import { newestOf, type TrustSource } from "./read-accreditations.ts";

/** Most accreditations of a type that are given at once: who may grant can make many, and accept them by DIDs of its own. */
export const MAX_TYPE_GRANTS = 1_000;

/** A log of a grant, from which anybody folds it. */
export interface GrantLog {
  readonly block: number;
  readonly blockHash: Hash;
  readonly time: number;
  readonly transaction: Hash;
  readonly logIndex: number;
  readonly topics: readonly Hash[];
  readonly data: Hex;
}

/** An accepted grant, when its subject's DID was deactivated, and every event that made it so. */
export interface TypeGrant {
  readonly grant: GrantState;
  readonly deactivatedAt: number | null;
  readonly history: readonly GrantLog[];
}

/** Who may issue a type, as of the newest block. */
export interface TypeTree {
  readonly newest: AsOf;
  readonly lastChange: EventBlock | undefined;
  /** Oldest first: a grant comes after the one above it. */
  readonly grants: readonly TypeGrant[];
  /** How many there are besides. */
  readonly left: number;
}

/**
 * Reads the accepted grants of a type with their events, those that hold no more included: with them anybody judges who could
 * issue the type at any moment, with the knowledge of any block.
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
    // A block came in between: what was read may be of two.
    if (index.asOf()?.hash !== newest.hash) continue;
    if (grants.some(({ history }) => history.length === 0))
      throw new UnavailableError("The index lacks the events of a grant");
    return { newest, lastChange, grants, left: Math.max(0, states.length - MAX_TYPE_GRANTS) };
  }
}
