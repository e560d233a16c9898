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

/** What a list's chunks hold, by index; one that was never written is `undefined`. A `Map` is one. */
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
  /** What only the list's first event says; `null` when the fold began at a checkpoint. */
  readonly origin: { readonly issuer: Address; readonly number: bigint; readonly baseUri: string | null } | null;
  readonly updated: Moment;
  /** Number of events folded. */
  readonly events: number;
  readonly head: Hash;
}

/** What an event makes of a list: its new state, and the chunks that are now other than before. */
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

/** keccak256 of revoked and suspended of each of `count` chunks from `from` on: what a checkpoint says of them. */
export function hashChunks(chunks: StatusChunks, from: number, count: number): Hash {
  const bitmaps = Array.from({ length: count }, (_, index) => {
    const { revoked, suspended } = chunks.get(from + index) ?? EMPTY;
    return [wordOf(revoked), wordOf(suspended)];
  });
  return keccak256(...bitmaps.flat());
}

/** What a change makes of a chunk; `undefined` stands for one that was never written. A revocation is for good. */
export function changedChunk(before: StatusChunk | undefined, change: Omit<StatusChange, "word">): StatusChunk {
  const { revoked, suspended } = before ?? EMPTY;
  return { revoked: revoked | change.revoke, suspended: (suspended | change.suspend) & ~change.reinstate };
}

/**
 * Folds one event into a list. Pure: the node, the library that reads a chain and an offline verifier all use it.
 *
 * @param state `undefined` for a list that was never created.
 * @param chunks what the list's chunks hold before the event; only those that it touches are asked for.
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
 * Begins a list's fold at a checkpoint of the whole list, whatever was before: where the events from here on end at the head
 * that was proven, `prior` was the head then, or somebody found a preimage.
 *
 * @param prior the list's head before the checkpoint.
 * @param chunks what the list held then.
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
