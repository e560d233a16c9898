import { HistoryIncompleteError } from "../errors.ts";
import { HEAD_KIND, type HeadOrigin, headSeed, nextHead } from "../primitives/head.ts";
import { type Address, type Hash, word, ZERO_ADDRESS } from "../primitives/hex.ts";
import type { DidEvent } from "./decode-log.ts";
import { applyEntry, type Entry, entriesInForce, entryOf } from "./entries.ts";

/** A block in which something happened; `time` is in Unix seconds. */
export interface Moment {
  readonly block: number;
  readonly time: number;
}

/** One identity after some of its events. It is plain data: the store keeps its JSON. */
export interface DidState {
  readonly address: Address;
  /** The owner; after a deactivation the last one. */
  readonly owner: Address;
  readonly deactivated: Moment | null;
  readonly created: Moment;
  readonly updated: Moment;
  /** Number of events folded. */
  readonly events: number;
  readonly head: Hash;
  /** The entries in force at the time of the newest event, in the order in which they came into force. */
  readonly entries: readonly Entry[];
}

/** The part of the state that determines a document. */
export type HeadlessDid = Omit<DidState, "head">;

/**
 * Folds one event into an identity's state; `undefined` is an identity that was never written. A pure function, shared by the
 * node, the library that reads a chain and an offline verifier.
 *
 * @throws HistoryIncompleteError when the event can't follow this state: an earlier event is missing, or this one was applied
 * before.
 */
export function applyDidEvent(state: DidState | undefined, event: DidEvent, chainId: number): DidState {
  const next = advanceDid(state, event);
  const origin: HeadOrigin = { chainId, registry: event.log.address };
  const head = state?.head ?? headSeed(origin, HEAD_KIND.did, word(event.identity));
  return { ...next, head: nextHead(head, event.log, event.time) };
}

/**
 * {@link applyDidEvent} without the head, whose hashing is most of the work: for events whose head is compared elsewhere.
 *
 * @throws HistoryIncompleteError as {@link applyDidEvent} does.
 */
export function advanceDid(state: HeadlessDid | undefined, event: DidEvent): HeadlessDid {
  expectSuccessor(state, event);
  const moment: Moment = { block: event.block, time: event.time };
  const next: HeadlessDid = {
    address: event.identity,
    owner: state?.owner ?? event.identity,
    deactivated: null,
    created: state?.created ?? moment,
    updated: moment,
    events: (state?.events ?? 0) + 1,
    entries: entriesInForce(state?.entries ?? [], event.time),
  };
  switch (event.type) {
    case "owner":
      return event.owner === ZERO_ADDRESS ? { ...next, deactivated: moment } : { ...next, owner: event.owner };
    case "delegate":
    case "attribute":
      return { ...next, entries: applyEntry(next.entries, entryOf(event), event.time).entries };
  }
}

/** `previousChange` links an identity's events by block, so a gap is found before any head is compared. */
function expectSuccessor(state: HeadlessDid | undefined, event: DidEvent): void {
  // The message leaves out the identity: a node writes it to its log, which names no subjects.
  const where = `DID event in log ${event.log.logIndex} of block ${event.block}`;
  if (event.previousChange !== (state?.updated.block ?? 0)) {
    throw new HistoryIncompleteError(
      `The ${where} follows block ${event.previousChange}, but the newest event known is of block ${state?.updated.block ?? 0}`,
    );
  }
  if (state !== undefined && event.block < state.updated.block) {
    throw new HistoryIncompleteError(`The ${where} comes after one of block ${state.updated.block}`);
  }
  if (state?.deactivated) {
    throw new HistoryIncompleteError(`The ${where} comes after the deactivation in block ${state.deactivated.block}`);
  }
}
