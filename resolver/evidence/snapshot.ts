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

/** What a verdict needs to know of a list, however often its statuses were changed. */
export interface ListFacts extends Pick<StatusListState, "list" | "typeId" | "size" | "closed" | "origin" | "head"> {
  /** Unix time at which it was closed; `null` while it is open. */
  readonly closedAt: number | null;
}

/**
 * The registries as of one block. Everything that a verdict rests on is read from one snapshot, so that no verdict mixes two
 * blocks or two forks. A chain, nodes and a node's own index each give one.
 */
export interface Snapshot {
  readonly asOf: AsOf;
  /** The origins of the nodes whose answer it is; absent when it was not read from nodes. */
  readonly nodes?: readonly string[];
  /** Whether a node says that its newest block is older than its operator likes. */
  readonly stale?: true;
  /** Whether its chunks are at hand and proven like all else in it: no list that somebody signed is fetched then. */
  readonly provesStatuses?: true;
  /** A DID: what it is, and all that was ever written of it. */
  did(address: Address): Promise<DidHistory>;
  /** Unix time at which a DID was deactivated; `undefined` while it is not. */
  deactivatedAt(address: Address): Promise<number | undefined>;
  /** Ids of the grants of a type that a DID accepted, whether they still hold or not, in the order of their numbers. */
  acceptedGrants(subject: Address, typeId: Hash): Promise<readonly Hash[]>;
  /** Grants by their ids, in the order asked; `undefined` for one that was never made. */
  grants(ids: readonly Hash[]): Promise<readonly (GrantFacts | undefined)[]>;
  /** All that can be known of a grant; {@link grants} may leave out what decides nothing, such as its label. */
  wholeGrant(grant: GrantFacts): Promise<GrantFacts>;
  /** @returns `null` when there is no such list, `undefined` when that can't be found out. */
  list(id: Hash): Promise<ListFacts | null | undefined>;
  /** All chunks of a list; `undefined` where they can't be had. */
  chunks(list: ListFacts): Promise<readonly StatusChunk[] | undefined>;
}
