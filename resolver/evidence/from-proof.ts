import { UnavailableError } from "../errors.ts";
import type { Address, Hash } from "../primitives/hex.ts";
import type { ProvenState } from "../proofs/proven-state.ts";
import type { AsOf } from "../resolution/resolve.ts";
import type { StatusChunk } from "../status/apply-status-event.ts";
import { CHUNK_SIZE } from "../status/decode-status-log.ts";
import type { GrantState } from "../trust/apply-trust-event.ts";
import type { ListFacts, Snapshot } from "./snapshot.ts";

/** What `verifyEnvelope` returns: a block, and the state that its seals prove. */
export interface ProvenBlock {
  readonly asOf: AsOf;
  readonly state: ProvenState;
}

/**
 * The registries as an envelope or a bundle proves them, without any request. What the envelope does not cover is unavailable,
 * never absent. A DID's accepted grants are the complete list, where the envelope proves it. Otherwise they are those in the
 * envelope: its maker may have left some out. Then a grant that holds accredits as ever, and without one the accreditation is
 * unknown.
 */
export function provenSnapshot({ asOf, state }: ProvenBlock): Snapshot {
  const accepted = new Map<Address, Hash[]>();
  for (const id of state.ids("grant")) {
    const grant = state.state("grant", id);
    if (grant === undefined || grant.accepted === null) continue;
    accepted.set(grant.subject, [...(accepted.get(grant.subject) ?? []), id]);
  }
  const spoken = new Set(state.ids("list"));
  /** All chunks of each list that was requested before. */
  const whole = new Map<Hash, readonly StatusChunk[]>();

  return {
    asOf,
    provesStatuses: true,
    did: async (address) => ({ events: state.events("did", address), state: state.state("did", address) }),
    deactivatedAt: async (address) => state.deactivatedAt(address),
    async acceptedGrants(subject, typeId) {
      const all = state.acceptedGrants({ subject, typeId }) ?? accepted.get(subject) ?? [];
      const own = all.flatMap((id) => state.state("grant", id) ?? []);
      return own
        .filter((grant) => grant.typeId === typeId)
        .sort((a, b) => a.number - b.number)
        .map(({ grantId }) => grantId);
    },
    mayLackGrants: (subject, typeId) => state.acceptedGrants({ subject, typeId }) === undefined,
    grants: async (ids) => ids.map((id) => state.state("grant", id)),
    wholeGrant: async (grant) => grant,
    async list(id) {
      return spoken.has(id) ? listFacts(state, id) : undefined;
    },
    async chunks({ list, size }) {
      const known = whole.get(list);
      if (known !== undefined) return known;
      const chunks = state.chunks(list);
      const all = Array.from(
        { length: size / CHUNK_SIZE },
        (_, at) => chunks.get(at) ?? { revoked: 0n, suspended: 0n },
      );
      whole.set(list, all);
      return all;
    },
  };
}

/**
 * Reads a grant, all above it, and when their subjects were deactivated.
 * @throws UnavailableError where the proof does not cover one of them.
 */
export function expectLinks(state: ProvenState, id: Hash): void {
  for (let link: Hash | null = id; link !== null; ) {
    const grant: GrantState | undefined = state.state("grant", link);
    if (grant === undefined) return;
    state.deactivatedAt(grant.subject);
    link = grant.parent;
  }
}

function listFacts(state: ProvenState, id: Hash): ListFacts | null {
  const found = state.state("list", id);
  if (found === undefined) return null;
  const { list, typeId, size, closed, origin, head } = found;
  const closedAt = state.events("list", id).find(({ type }) => type === "closed")?.time ?? null;
  // The closing time decides about the credentials in the list, and only the event of the closing has it.
  if (closed && closedAt === null) throw new UnavailableError(`The proof does not say when list ${id} was closed`);
  return { list, typeId, size, closed, origin, head, closedAt };
}
