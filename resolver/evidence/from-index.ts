import type { DidEvent } from "../did/decode-log.ts";
import { type Address, type Hash, type Hex, ZERO_ADDRESS } from "../primitives/hex.ts";
import type { RegistryEvent } from "../registry-event.ts";
import type { AsOf } from "../resolution/resolve.ts";
import type { GrantState } from "../trust/apply-trust-event.ts";
import { foldSubject } from "./read-subject.ts";
import type { DidHistory, ListFacts, Snapshot } from "./snapshot.ts";

/** An index of all events, such as a node's own, as of one block. */
export interface IndexedEvents {
  readonly asOf: AsOf;
  readonly chainId: number;
  /** The events of a subject up to that block, oldest first. */
  readonly events: (subject: {
    readonly kind: "did" | "grant" | "list";
    readonly id: Hex;
  }) => Promise<readonly RegistryEvent[]>;
  /** Ids of the grants that a DID accepted up to that block or later, of all types. */
  readonly accepted: (subject: Address) => readonly Hash[];
}

/** A snapshot that has the whole state of every grant. */
export interface FoldedSnapshot extends Snapshot {
  grants(ids: readonly Hash[]): Promise<readonly (GrantState | undefined)[]>;
}

/** The registries as an index holds them: each subject is folded once from its events. */
export function indexSnapshot({ asOf, chainId, events, accepted }: IndexedEvents): FoldedSnapshot {
  const dids = new Map<Address, Promise<DidHistory>>();
  const grants = new Map<Hash, Promise<GrantState | undefined>>();

  const did = (address: Address) => {
    const known =
      dids.get(address) ?? events({ kind: "did", id: address }).then((all) => foldSubject<"did">(all, chainId));
    dids.set(address, known);
    return known;
  };
  const grant = (id: Hash) => {
    const known =
      grants.get(id) ?? events({ kind: "grant", id }).then((all) => foldSubject<"grant">(all, chainId).state);
    grants.set(id, known);
    return known;
  };

  return {
    asOf,
    did,
    async deactivatedAt(address) {
      const { events: all } = await did(address);
      return all.find((event: DidEvent) => event.type === "owner" && event.owner === ZERO_ADDRESS)?.time;
    },
    async acceptedGrants(subject, typeId) {
      const all = await Promise.all(accepted(subject).map(grant));
      return all
        .filter((one) => one !== undefined)
        .filter((one) => one.typeId === typeId && one.accepted !== null)
        .sort((a, b) => a.number - b.number)
        .map(({ grantId }) => grantId);
    },
    grants: (ids) => Promise.all(ids.map(grant)),
    wholeGrant: async (one) => one,
    async list(id): Promise<ListFacts | null> {
      const { state, events: all } = foldSubject<"list">(await events({ kind: "list", id }), chainId);
      if (state === undefined) return null;
      const { list, typeId, size, closed, origin, head } = state;
      return {
        list,
        typeId,
        size,
        closed,
        origin,
        head,
        closedAt: all.find(({ type }) => type === "closed")?.time ?? null,
      };
    },
    async chunks({ list, size }) {
      const { chunks } = foldSubject<"list">(await events({ kind: "list", id: list }), chainId);
      return Array.from({ length: size / 256 }, (_, at) => chunks.get(at) ?? { revoked: 0n, suspended: 0n });
    },
  };
}
