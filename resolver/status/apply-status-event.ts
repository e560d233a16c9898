import type { Moment } from "../did/apply-event.ts";
import { ChainDataError, HistoryIncompleteError } from "../errors.ts";
import { HEAD_KIND, headSeed, nextHead } from "../primitives/head.ts";
import { type Address, type Hash, word as wordOf } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { CHUNK_SIZE, type Checkpoint, type StatusChange, type StatusEvent } from "./decode-status-log.ts";

/** The statuses of 256 credentials: the first is the least significant bit of each bitmap. */
export interface StatusChunk {
  readonly revoked: bigint;
  readonly suspended: bigint;
}

/** A list's chunks by index; one that was never written is `undefined`. A `Map` will do. */
export interface StatusChunks {
  /** The chunk that holds the statuses from `256 * index` on. */
  get(index: number): StatusChunk | undefined;
}

/** A status list after some of its events, without its chunks. */
export interface StatusListState {
  readonly list: Hash;
  readonly typeId: Hash;
  /** Number of credentials that it has room for. */
  readonly size: number;
  readonly closed: boolean;
  /** What only the list's first event has; `null` when the fold began at a checkpoint. */
  readonly origin: { readonly issuer: Address; readonly number: bigint; readonly baseUri: string | null } | null;
  readonly updated: Moment;
  /** Number of events folded. */
  readonly events: number;
  readonly head: Hash;
}

/** A list after an event: its new state, and the chunks that the event changed. */
export interface StatusStep {
  readonly state: StatusListState;
  readonly chunks: ReadonlyMap<number, StatusChunk>;
}

const EMPTY: StatusChunk = { revoked: 0n, suspended: 0n };
const NOTHING: ReadonlyMap<number, StatusChunk> = new Map();

/** The id of an issuer's list. */
export function listIdOf(issuer: Address, number: bigint): Hash {
  return keccak256(wordOf(issuer), wordOf(number));
}

/** keccak256 of revoked and suspended of each of `count` chunks from `from` on, as a checkpoint has it. */
export function hashChunks(chunks: StatusChunks, from: number, count: number): Hash {
  const bitmaps = Array.from({ length: count }, (_, index) => {
    const { revoked, suspended } = chunks.get(from + index) ?? EMPTY;
    return [wordOf(revoked), wordOf(suspended)];
  });
  return keccak256(...bitmaps.flat());
}

/** A chunk after a change; `undefined` stands for one that was never written. A revocation can't be undone. */
export function changedChunk(before: StatusChunk | undefined, change: Omit<StatusChange, "word">): StatusChunk {
  const { revoked, suspended } = before ?? EMPTY;
  return { revoked: revoked | change.revoke, suspended: (suspended | change.suspend) & ~change.reinstate };
}

/**
 * Folds one event into a list. A pure function, shared by the node, the library that reads a chain and an offline verifier.
 *
 * @param state `undefined` for a list that was never created.
 * @param chunks the list's chunks before the event; only those that it changes are read.
 * @throws HistoryIncompleteError when the event can't follow this state; ChainDataError when it contradicts itself.
 */
export function applyStatusEvent(
  state: StatusListState | undefined,
  event: StatusEvent,
  chainId: number,
  chunks: StatusChunks,
): StatusStep {
  const { block, time, log, list } = event;
  const updated: Moment = { block, time };
  if (event.type === "created") {
    if (state !== undefined) throw unexpected(event, "the list is there already");
    const { issuer, number, size, typeId, baseUri } = event;
    if (listIdOf(issuer, number) !== list)
      throw new ChainDataError(`List ${list} is not number ${number} of its issuer`);
    const seed = headSeed({ chainId, registry: log.address }, HEAD_KIND.statusList, list);
    const origin = { issuer, number, baseUri };
    const head = nextHead(seed, log, time);
    return { state: { list, typeId, size, closed: false, origin, updated, events: 1, head }, chunks: NOTHING };
  }
  if (state === undefined) throw unexpected(event, "there is no such list");
  const next = { ...state, updated, events: state.events + 1, head: nextHead(state.head, log, time) };
  switch (event.type) {
    case "closed":
      if (state.closed) throw unexpected(event, "it was closed before");
      return { state: { ...next, closed: true }, chunks: NOTHING };
    case "checkpoint":
      expectCheckpoint(state, event, chunks);
      return { state: next, chunks: NOTHING };
    case "changed": {
      const changed = new Map<number, StatusChunk>();
      for (const change of event.changes) {
        const { word: index } = change;
        if (index >= state.size / CHUNK_SIZE) throw new ChainDataError(`List ${list} has no chunk ${index}`);
        changed.set(index, changedChunk(chunks.get(index), change));
      }
      return { state: next, chunks: changed };
    }
  }
}

/**
 * Begins a list's fold at a checkpoint of the whole list, without the events before it. If the events from here on fold to the
 * proven head, `prior` was the head before the checkpoint, unless somebody found a preimage of the hash.
 *
 * @param prior the list's head before the checkpoint.
 * @param chunks the list's chunks at the checkpoint.
 * @throws HistoryIncompleteError when the checkpoint is not of these chunks, or not of the whole list.
 */
export function startAtCheckpoint(prior: Hash, event: Checkpoint, chunks: StatusChunks): StatusListState {
  const { list, typeId, size, closed, block, time, log, from, count } = event;
  if (from !== 0 || count !== size / CHUNK_SIZE) throw unexpected(event, "it is not of the whole list");
  if (hashChunks(chunks, from, count) !== event.wordsHash) throw unexpected(event, "the chunks are others");
  const head = nextHead(prior, log, time);
  return { list, typeId, size, closed, origin: null, updated: { block, time }, events: 1, head };
}

function expectCheckpoint(state: StatusListState, event: Checkpoint, chunks: StatusChunks): void {
  const { typeId, size, closed, from, count, wordsHash } = event;
  if (typeId !== state.typeId || size !== state.size || closed !== state.closed) {
    throw unexpected(event, "its type, size or closing is another");
  }
  if (hashChunks(chunks, from, count) !== wordsHash) throw unexpected(event, "the chunks are others");
}

function unexpected({ list, block, log, type }: StatusEvent, why: string): HistoryIncompleteError {
  return new HistoryIncompleteError(
    `Log ${log.logIndex} of block ${block} (${type} of list ${list}) can't follow what is known: ${why}`,
  );
}
