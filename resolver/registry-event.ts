import type { Log } from "./chain/chain-reader.ts";
import { applyDidEvent, type DidState } from "./did/apply-event.ts";
import { type DidEvent, decodeDidLog } from "./did/decode-log.ts";
import { ChainDataError, HistoryIncompleteError } from "./errors.ts";
import type { Address, Hash, Hex } from "./primitives/hex.ts";
import {
  applyStatusEvent,
  type StatusChunk,
  type StatusChunks,
  type StatusListState,
} from "./status/apply-status-event.ts";
import { decodeStatusLog, type StatusEvent } from "./status/decode-status-log.ts";
import { applyGrantEvent, applyTypeAdded, type CredentialType, type GrantState } from "./trust/apply-trust-event.ts";
import { decodeTrustLog, type GrantEvent, TRUST_TOPICS, type TypeAdded } from "./trust/decode-trust-log.ts";

/** The registries of a network, as its descriptor names them. */
export const REGISTRY_NAMES = ["did", "trust", "status"] as const;
/** One of {@link REGISTRY_NAMES}. */
export type RegistryName = (typeof REGISTRY_NAMES)[number];

/** The kinds of subjects, each with its events and the state that they fold to. */
export interface SubjectKinds {
  readonly did: { readonly event: DidEvent; readonly state: DidState };
  readonly type: { readonly event: TypeAdded; readonly state: CredentialType };
  readonly grant: { readonly event: GrantEvent; readonly state: GrantState };
  readonly list: { readonly event: StatusEvent; readonly state: StatusListState };
}
/** The kind of a subject: a DID, a credential type, a grant or a status list. */
export type SubjectKind = keyof SubjectKinds;
/** An event of a kind of subject. */
export type EventOf<K extends SubjectKind> = SubjectKinds[K]["event"];
/** What the events of a kind of subject fold to. */
export type StateOf<K extends SubjectKind> = SubjectKinds[K]["state"];

/** The registry that keeps a kind's heads. */
export const REGISTRY_OF: Readonly<Record<SubjectKind, RegistryName>> = {
  did: "did",
  type: "trust",
  grant: "trust",
  list: "status",
};

/** One subject; `id` is an address for a DID and 32 bytes for the others. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: Hex;
}

/** An event of any registry, with its subject. */
export type RegistryEvent = {
  [K in SubjectKind]: { readonly kind: K; readonly id: Hex; readonly event: EventOf<K> };
}[SubjectKind];

/** A subject after some of its events. */
export type SubjectState = {
  [K in SubjectKind]: { readonly kind: K; readonly id: Hex; readonly state: StateOf<K> };
}[SubjectKind];

/** Reads the states before an event. */
export interface StateReader {
  /** `undefined` for a subject that was never written. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined;
  /** A chunk of a list; `undefined` when it was never written. */
  chunk(list: Hash, index: number): StatusChunk | undefined;
}

/** The state of a subject after an event; for a list also the chunks that the event changed. */
export interface Step {
  readonly after: SubjectState;
  readonly chunks: ReadonlyMap<number, StatusChunk>;
}

const HEAD_TOPICS: ReadonlySet<Hash> = new Set(Object.values(TRUST_TOPICS));
const NO_CHUNKS: ReadonlyMap<number, StatusChunk> = new Map();

/**
 * Reads a log of any of a network's registries.
 *
 * @param registries the contracts' addresses.
 * @param time Unix time of the log's block, in seconds.
 * @returns `undefined` for an event that is in no head: those of the trust registry about roles.
 * @throws ChainDataError for a log that the contract can't have emitted.
 */
export function decodeRegistryLog(
  log: Log,
  time: number,
  registries: Readonly<Record<RegistryName, Address>>,
): RegistryEvent | undefined {
  switch (log.address) {
    case registries.did: {
      const event = decodeDidLog(log, time);
      return { kind: "did", id: event.identity, event };
    }
    case registries.trust: {
      // A forged topic is noticed: without this event the heads do not add up to the root.
      if (!HEAD_TOPICS.has(log.topics[0] ?? "0x")) return undefined;
      const event = decodeTrustLog(log, time);
      return event.type === "typeAdded"
        ? { kind: "type", id: event.typeId, event }
        : { kind: "grant", id: event.grantId, event };
    }
    case registries.status: {
      const event = decodeStatusLog(log, time);
      return { kind: "list", id: event.list, event };
    }
    default:
      throw new ChainDataError(`Log ${log.logIndex} of block ${log.blockNumber} is of ${log.address}, no registry`);
  }
}

/**
 * Folds one event into the state of its subject. A pure function, shared by the node, the library that reads a chain and an
 * offline verifier.
 *
 * @throws HistoryIncompleteError when the event can't follow the known state; ChainDataError when it contradicts itself.
 */
export function applyRegistryEvent(known: StateReader, { kind, id, event }: RegistryEvent, chainId: number): Step {
  switch (kind) {
    case "did":
      return { after: { kind, id, state: applyDidEvent(known.state(kind, id), event, chainId) }, chunks: NO_CHUNKS };
    case "type":
      if (known.state(kind, id) !== undefined) {
        throw new HistoryIncompleteError(`Block ${event.block} adds credential type ${id}, which is there already`);
      }
      return { after: { kind, id, state: applyTypeAdded(event, chainId) }, chunks: NO_CHUNKS };
    case "grant":
      return { after: { kind, id, state: applyGrantEvent(known.state(kind, id), event, chainId) }, chunks: NO_CHUNKS };
    case "list": {
      const chunks: StatusChunks = { get: (index) => known.chunk(id, index) };
      const step = applyStatusEvent(known.state(kind, id), event, chainId, chunks);
      return { after: { kind, id, state: step.state }, chunks: step.chunks };
    }
  }
}
