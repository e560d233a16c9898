import type { DidState } from "../did/apply-event.ts";
import type { DidEvent } from "../did/decode-log.ts";
import type { Address, Hash } from "../primitives/hex.ts";
import type { AsOf } from "../resolution/resolve.ts";
import type { StatusChunk, StatusListState } from "../status/apply-status-event.ts";
import type { GrantFacts } from "../trust/accreditation.ts";

/** A DID's whole history as of a block; no events and no state when it was never written. */
export interface DidHistory {
  readonly events: readonly DidEvent[];
  readonly state: DidState | undefined;
}

/** What a verdict needs of a list, of a fixed size for any number of status changes. */
export interface ListFacts extends Pick<StatusListState, "list" | "typeId" | "size" | "closed" | "origin" | "head"> {
  /** Unix time at which it was closed; `null` while it is open. */
  readonly closedAt: number | null;
}

/**
 * The registries as of one block. A verdict reads everything from one snapshot, so that it never mixes two blocks or two forks.
 * A snapshot comes from a chain, from nodes, from a node's own index or from proofs.
 */
export interface Snapshot {
  readonly asOf: AsOf;
  /** The origins of the nodes that agreed on it; absent when it was not read from nodes. */
  readonly nodes?: readonly string[];
  /** Set when a node marked its answer as stale: its newest block is older than its staleness policy allows. */
  readonly stale?: true;
  /** Set when it has the chunks of statuses, proven like the rest: then no signed list is fetched. */
  readonly provesStatuses?: true;
  /** The whole history of a DID. */
  did(address: Address): Promise<DidHistory>;
  /** Unix time at which a DID was deactivated; `undefined` while it is not. */
  deactivatedAt(address: Address): Promise<number | undefined>;
  /** Ids of the grants of a type that a DID ever accepted, in the order of their numbers. */
  acceptedGrants(subject: Address, typeId: Hash): Promise<readonly Hash[]>;
  /** Whether some of these grants may be missing, since nothing proves that they are all; absent where none can be. */
  mayLackGrants?(subject: Address, typeId: Hash): boolean;
  /** Grants by their ids, in the order asked; `undefined` for one that does not exist. */
  grants(ids: readonly Hash[]): Promise<readonly (GrantFacts | undefined)[]>;
  /** A grant with all its facts; {@link grants} may leave out those without a bearing on verdicts, such as its label. */
  wholeGrant(grant: GrantFacts): Promise<GrantFacts>;
  /** @returns `null` when there is no such list, `undefined` when that can't be determined. */
  list(id: Hash): Promise<ListFacts | null | undefined>;
  /** All chunks of a list; `undefined` where the snapshot has no chunks. */
  chunks(list: ListFacts): Promise<readonly StatusChunk[] | undefined>;
}
