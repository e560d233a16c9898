import type { ContractReader, Header } from "../chain/chain-reader.ts";
import { asOfBlock } from "../chain/read-identity.ts";
import { mayBeTooMuch } from "../chain/rpc/rpc.ts";
import { ChainDataError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import type { Address, Hash } from "../primitives/hex.ts";
import { CHUNK_SIZE } from "../status/decode-status-log.ts";
import type { GrantFacts } from "../trust/accreditation.ts";
import type { CredentialType } from "../trust/apply-trust-event.ts";
import { MAX_GRANTS } from "./gather.ts";
import { readFirstEvent, readSubject } from "./read-subject.ts";
import type { ListFacts, Snapshot } from "./snapshot.ts";
import {
  arrayOf,
  askView,
  numberOf,
  type StoredGrant,
  statusChunks,
  storedGrant,
  storedList,
  VIEWS,
  viewCall,
  wordsOf,
} from "./views.ts";

/** Most chunks of a list in one call, and most calls in one batch. */
const CHUNKS_A_CALL = 512;

/** Most ids in one call. */
const IDS_A_CALL = 1_000;

/** Most types that are read: a server that always has another page would never end. Each type is an act of the council. */
const MAX_TYPES = 100_000;

/** The registries as of one block of a chain, with queries that only a chain can answer. */
export interface ChainSnapshot extends Snapshot {
  readonly header: Header;
  /** @returns `null` when there is no such list. */
  list(id: Hash): Promise<ListFacts | null>;
  /** @returns `undefined` when it was never added. */
  type(typeId: Hash): Promise<CredentialType | undefined>;
  /** The ids of all types, oldest first. */
  types(): Promise<readonly Hash[]>;
  /** The ids of the newest grants of a type to a DID, accepted or not, in the order of their numbers; at most `most`. */
  grantsTo(subject: Address, typeId: Hash, most: number): Promise<readonly Hash[]>;
  chunks(
    list: Pick<ListFacts, "list" | "size">,
  ): Promise<readonly { readonly revoked: bigint; readonly suspended: bigint }[]>;
}

/**
 * The registries as a chain holds them at one block; storage and views are read by the hash of that block. Nothing is scanned:
 * a view returns the block of a subject's first event, which has what the contracts do not store. A history that the server
 * returns in one range is read whole, and has to fold to the subject's head. What is trusted where the server refuses the range
 * is in `docs/decisions/0033-evidence.md`.
 *
 * @param block number of the block whose knowledge is used; the newest unless given.
 * @throws UnavailableError for a block that the chain does not have.
 */
export async function chainSnapshot(
  reader: ContractReader,
  network: NetworkDescriptor,
  block: number | "latest" = "latest",
): Promise<ChainSnapshot> {
  const header = await reader.header(block);
  if (header === null) throw new UnavailableError(`The chain has no block ${block} now`);
  const { registries } = currentDeployment(network);
  const [trust, status] = [registries.trust.address, registries.status.address];
  const source = { reader, network, asOf: header };
  const stored = new Map<Hash, StoredGrant>();
  const view = (call: Parameters<typeof askView>[1]) => askView(reader, call, header.hash);

  return {
    asOf: asOfBlock(header, network),
    header,
    did: (address) => readSubject(source, { kind: "did", id: address }, 0),
    async deactivatedAt(address) {
      const [end] = await view(viewCall(registries.did.address, VIEWS.deactivatedAt, address));
      return end === undefined || numberOf(end) === 0 ? undefined : numberOf(end);
    },
    async acceptedGrants(subject, typeId) {
      // One more than the limit, to detect that there are too many.
      return arrayOf(await view(viewCall(trust, VIEWS.acceptedGrants, typeId, subject, 0, MAX_GRANTS + 1)));
    },
    async grantsTo(subject, typeId, most) {
      const [count = "0x0"] = await view(viewCall(trust, VIEWS.grantCount, typeId, subject));
      const from = Math.max(0, numberOf(count) - most);
      return arrayOf(await view(viewCall(trust, VIEWS.grantIds, typeId, subject, from, most)));
    },
    async grants(ids) {
      const calls = ids.map((id) => viewCall(trust, VIEWS.grantOf, id));
      const answers = await reader.calls(calls, header.hash);
      return answers.map((answer, at) => {
        const grant = storedGrant(ids[at] as Hash, wordsOf(answer));
        if (grant !== undefined) stored.set(grant.grantId, grant);
        return grant && factsOf(grant);
      });
    },
    async wholeGrant({ grantId }) {
      const grant = stored.get(grantId);
      if (grant === undefined) throw new UnavailableError(`Grant ${grantId} was not read from this snapshot before`);
      const subject = { kind: "grant", id: grantId } as const;
      try {
        const { state } = await readSubject(source, subject, grant.createdBlock);
        if (state !== undefined && isAsStored(state, grant)) return state;
        throw new ChainDataError(`The events of grant ${grantId} say otherwise than what the contract stores of it`);
      } catch (error) {
        if (!mayBeTooMuch(error)) throw error;
      }
      const { event, head } = await readFirstEvent(source, subject, grant.createdBlock);
      if (event.type !== "granted") throw new ChainDataError(`Grant ${grantId} does not begin with its making`);
      return { ...factsOf(grant), number: event.number, label: event.label, head };
    },
    async list(id) {
      const list = storedList(await view(viewCall(status, VIEWS.listOf, id)));
      if (list === undefined) return null;
      const { event, head } = await readFirstEvent(source, { kind: "list", id }, list.createdBlock);
      if (event.type !== "created" || event.issuer !== list.issuer) {
        throw new ChainDataError(`List ${id} does not begin with its making by ${list.issuer}`);
      }
      const { typeId, size, closed, closedAt } = list;
      const origin = { issuer: event.issuer, number: event.number, baseUri: event.baseUri };
      return { list: id, typeId, size, closed, origin, head, closedAt };
    },
    async chunks({ list, size }) {
      const count = size / CHUNK_SIZE;
      const parts = Array.from({ length: Math.ceil(count / CHUNKS_A_CALL) }, (_, at) => {
        const first = at * CHUNKS_A_CALL;
        return { first, many: Math.min(CHUNKS_A_CALL, count - first) };
      });
      const calls = parts.map(({ first, many }) => viewCall(status, VIEWS.words, list, first, many));
      const answers = await reader.calls(calls, header.hash);
      return parts.flatMap(({ many }, at) => statusChunks(wordsOf(answers[at] ?? "0x"), many));
    },
    async type(typeId) {
      const [createdBlock = "0x0"] = await view(viewCall(trust, VIEWS.typeOf, typeId));
      if (numberOf(createdBlock) === 0) return undefined;
      // A type never changes, so its first event is its only one.
      const block = numberOf(createdBlock);
      return (await readSubject(source, { kind: "type", id: typeId }, block, block)).state;
    },
    async types() {
      const ids: Hash[] = [];
      while (ids.length <= MAX_TYPES) {
        const page = arrayOf(await view(viewCall(trust, VIEWS.typeIds, ids.length, IDS_A_CALL)));
        if (page.length > IDS_A_CALL) throw tooMany("ids in a call", IDS_A_CALL);
        ids.push(...page);
        if (page.length < IDS_A_CALL) return ids;
      }
      throw tooMany("types", MAX_TYPES);
    },
  };
}

function tooMany(what: string, most: number): ChainDataError {
  return new ChainDataError(`The chain's server gave more than ${most} ${what}: ask another server`);
}

/** The facts that the contract stores of a grant. Its number and label are only in its first event. */
function factsOf(grant: StoredGrant): GrantFacts {
  const { createdBlock, createdAt, accepted, ...rest } = grant;
  return {
    ...rest,
    number: -1,
    created: { block: createdBlock, time: createdAt },
    label: "0x",
    accepted: accepted ? { block: null, time: null } : null,
    events: null,
    head: "0x",
  };
}

function isAsStored(
  state: GrantFacts,
  { subject, typeId, parent, notBefore, notAfter, withdrawnFrom, accepted }: StoredGrant,
) {
  return (
    state.subject === subject &&
    state.typeId === typeId &&
    state.parent === parent &&
    state.notBefore === notBefore &&
    state.notAfter === notAfter &&
    state.withdrawnFrom === withdrawnFrom &&
    (state.accepted !== null) === accepted
  );
}
