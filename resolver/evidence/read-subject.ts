import type { ChainReader, Header, History, HistoryQuery, Log } from "../chain/chain-reader.ts";
import { readIdentity } from "../chain/read-identity.ts";
import { ChainDataError, HistoryIncompleteError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import { headSlot } from "../primitives/head.ts";
import { type Hash, type Hex, word, ZERO_HASH } from "../primitives/hex.ts";
import {
  applyRegistryEvent,
  decodeRegistryLog,
  type EventOf,
  REGISTRY_OF,
  type RegistryEvent,
  type StateOf,
  type StateReader,
  type SubjectKind,
} from "../registry-event.ts";
import type { StatusChunk } from "../status/apply-status-event.ts";

/** A chain at one block. */
export interface ChainAtBlock {
  readonly reader: ChainReader;
  readonly network: NetworkDescriptor;
  readonly asOf: Header;
}

/** One subject of a registry. */
export interface SubjectId<K extends SubjectKind> {
  readonly kind: K;
  readonly id: Hex;
}

/** A subject's events, oldest first, and the state that they fold to; for a list also its chunks. */
export interface SubjectHistory<K extends SubjectKind> {
  readonly events: readonly EventOf<K>[];
  /** `undefined` when it was never written. */
  readonly state: StateOf<K> | undefined;
  readonly chunks: ReadonlyMap<number, StatusChunk>;
}

/**
 * Reads one subject's whole history as of a block, and folds it as a node does. The events must fold to the head that the
 * contract holds at that block's hash: a log that the chain's server lost, forged or read from another fork is noticed.
 *
 * @param from the first block that may have an event of it; for a DID the block of the deployment.
 * @param to the last such block; the block as of which it is read unless given.
 * @throws HistoryIncompleteError when they do not; RpcFailure when the server refuses the range, except for a DID, whose
 * history is then read along its changes.
 */
export async function readSubject<K extends SubjectKind>(
  { reader, network, asOf }: ChainAtBlock,
  { kind, id }: SubjectId<K>,
  from: number,
  to = asOf.number,
): Promise<SubjectHistory<K>> {
  if (kind === "did") {
    const { events, state } = await readIdentity(reader, network, id, asOf);
    return { events, state, chunks: new Map() } as unknown as SubjectHistory<K>;
  }
  const query = { ...registryOf(network, kind, id), fromBlock: from, asOf };
  const history =
    to === asOf.number ? await reader.history(query) : await shortHistory(reader, { ...query, toBlock: to });
  const folded = foldSubject<K>(eventsOf(history, network, kind), network.chainId);
  const head = folded.state?.head ?? ZERO_HASH;
  if (head === history.head) return folded;
  throw new HistoryIncompleteError(
    `The ${folded.events.length} events of ${kind} ${id} fold to head ${head}, but the contract holds ${history.head} ` +
      `at block ${asOf.number}: the chain's server lost or changed a log`,
  );
}

/**
 * Reads only a subject's first event, from the block that the contract names, and the head that the contract holds. Without the
 * events in between the head does not prove the first one: the server is trusted for it, as for the contract's storage.
 *
 * @throws HistoryIncompleteError when the server has no event of it in that block; UnavailableError when the chain replaced the
 * block as of which it is read.
 */
export async function readFirstEvent<K extends SubjectKind>(
  { reader, network, asOf }: ChainAtBlock,
  { kind, id }: SubjectId<K>,
  block: number,
): Promise<{ readonly event: EventOf<K>; readonly head: Hash }> {
  const query = { ...registryOf(network, kind, id), fromBlock: block, toBlock: block, asOf };
  const history = await shortHistory(reader, query);
  const [first] = eventsOf(history, network, kind);
  if (first !== undefined) return { event: first.event as EventOf<K>, head: history.head };
  throw new HistoryIncompleteError(
    `The contract has ${kind} ${id} since block ${block}, the chain's server no event of it there`,
  );
}

/** Folds the events of one subject, oldest first, by the same function as a node. */
export function foldSubject<K extends SubjectKind>(
  events: readonly RegistryEvent[],
  chainId: number,
): SubjectHistory<K> {
  const chunks = new Map<number, StatusChunk>();
  let state: StateOf<K> | undefined;
  const known = { state: () => state, chunk: (_list: Hash, index: number) => chunks.get(index) } as StateReader;
  for (const event of events) {
    const step = applyRegistryEvent(known, event, chainId);
    for (const [index, chunk] of step.chunks) chunks.set(index, chunk);
    state = step.after.state as StateOf<K>;
  }
  return { events: events.map(({ event }) => event as EventOf<K>), state, chunks };
}

function registryOf(network: NetworkDescriptor, kind: SubjectKind, id: Hex) {
  const { registries, slots } = currentDeployment(network);
  const subject = word(id);
  return { registry: registries[REGISTRY_OF[kind]].address, subject, headSlot: headSlot(subject, slots.heads) };
}

/** Like `ChainReader.history`, for a range of blocks. */
async function shortHistory(
  reader: ChainReader,
  {
    registry,
    subject,
    headSlot: slot,
    fromBlock,
    toBlock,
    asOf,
  }: Required<HistoryQuery> & { readonly toBlock: number },
): Promise<History> {
  const logs = await reader.logs({ addresses: [registry], subject, fromBlock, toBlock });
  const [head = ZERO_HASH] = await reader.storage([{ address: registry, slot }], asOf.hash);
  const numbers = [...new Set(logs.map(({ blockNumber }) => blockNumber))];
  // Headers are read last: if the chain still has the block `asOf`, all blocks that were read below it are its ancestors.
  const headers = await reader.headers([...numbers, asOf.number]);
  if (headers.at(-1)?.hash !== asOf.hash) throw replaced(asOf.number);
  return { newest: asOf, logs, headers, head };
}

/** A log has no time, but the head covers it: it is taken from the block's header. */
function eventsOf({ logs, headers }: History, network: NetworkDescriptor, kind: SubjectKind): RegistryEvent[] {
  const { did, trust, status } = currentDeployment(network).registries;
  const registries = { did: did.address, trust: trust.address, status: status.address };
  const byNumber = new Map(headers.map((header) => [header.number, header]));
  return logs.map((log: Log) => {
    const header = byNumber.get(log.blockNumber);
    if (header?.hash !== log.blockHash) throw replaced(log.blockNumber);
    const event = decodeRegistryLog(log, header.time, registries);
    if (event?.kind === kind) return event;
    throw new ChainDataError(`Log ${log.logIndex} of block ${log.blockNumber} is of no ${kind}, wanted one`);
  });
}

function replaced(block: number): UnavailableError {
  return new UnavailableError(`Block ${block} was replaced while it was read: ask again`);
}
