import {
  applyStatusEvent,
  type Credential,
  credentialFault,
  type DidDocument,
  decodeStatusLog,
  didDocument,
  type Hash,
  latestMoment,
  listOf,
  readIdentity,
  type StatusListState,
  type TrustEvidence,
  UnavailableError,
} from "../../resolver/index.ts";
import { logOf } from "../terminal/log-of.ts";
import type { Registries } from "../transaction/contract-call.ts";
import { readGrants } from "../trust/read-grants.ts";
import { typeIdOf } from "../trust/type-id.ts";

/** What the chain says of a credential's issuer, type and list, as of its newest block. */
export interface ChainEvidence extends Omit<TrustEvidence, "list"> {
  /** The issuer's document as it is now; `undefined` when it has none. */
  readonly document: DidDocument | undefined;
  /** The list that the credential points to; `null` when its issuer has no such list, `undefined` when it was not asked for. */
  readonly list: { readonly state: StatusListState; readonly closedAt: number | null } | null | undefined;
}

/**
 * Reads it straight from the chain. The issuer's events are checked against the head that the contract holds. With them it is known
 * whether the credential itself is bad: then nothing that it names is asked for.
 *
 * @param now Unix time in seconds.
 * @throws UnavailableError, HistoryIncompleteError, ChainDataError
 */
export async function readEvidence(
  registries: Registries,
  credential: Credential,
  now: number,
): Promise<ChainEvidence> {
  const { reader, descriptor } = registries.network;
  const { issuer, type, issuedAt: at } = credential;
  const { asOf, events, state } = await readIdentity(reader, descriptor, issuer.address);
  if ((await credentialFault(credential, events, now)) !== undefined) {
    return { asOf, did: events, grants: undefined, trust: undefined, document: undefined, list: undefined };
  }
  const typeId = typeIdOf(type);
  const grants = await readGrants(registries, { subject: issuer.address, typeId, asOf: asOf.number, at });
  const own = grants.found.flatMap(({ grantId }) => grants.knowledge.grant(grantId) ?? []);
  const id = listOf(credential);
  const live = state === undefined || state.deactivated !== null ? undefined : state;
  const moment = latestMoment({ asOf, now });
  const { chainId } = descriptor;
  return {
    asOf,
    did: events,
    grants: own,
    trust: grants.knowledge,
    document: live && didDocument({ did: issuer.did, chainId, state: live, at: moment }).document,
    list: id === undefined ? null : await readListFacts(registries, id, asOf.number),
  };
}

/**
 * A list as of a block, and when it was closed: from its first event and its closing alone, however often it was changed.
 * @returns `null` when there is no such list.
 */
export async function readListFacts({ network, status, deployment }: Registries, list: Hash, asOf: number) {
  const { reader, descriptor } = network;
  const { size } = await status.getFunction("listOf")(list, { blockTag: asOf });
  if (size === 0n) return null;
  const eventOf = async (name: string) => {
    const [found] = await status.queryFilter(status.getEvent(name)(list), deployment.fromBlock, asOf);
    if (found === undefined) return undefined;
    const [header] = await reader.headers([found.blockNumber]);
    if (header?.hash === found.blockHash) return decodeStatusLog(logOf(found), header.time);
    throw new UnavailableError(`Block ${found.blockNumber} was replaced while it was read: ask again`);
  };
  const [created, closed] = [await eventOf("ListCreated"), await eventOf("ListClosed")];
  if (created === undefined) throw new UnavailableError(`The chain's server has lost the event that made list ${list}`);
  const { state } = applyStatusEvent(undefined, created, descriptor.chainId, new Map());
  return { state, closedAt: closed?.time ?? null };
}
