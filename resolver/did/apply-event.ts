import { HistoryIncompleteError } from "../errors.ts";
import { HEAD_KIND, type HeadOrigin, headSeed, nextHead } from "../primitives/head.ts";
import { type Address, type Hash, type Hex, word, ZERO_ADDRESS } from "../primitives/hex.ts";
import type { DidEvent } from "./decode-log.ts";

/** A block in which something happened; `time` is in Unix seconds. */
export interface Moment {
  readonly block: number;
  readonly time: number;
}

/**
 * What is known of one (name, value) attribute or one (type, delegate): its newest event decides.
 * `name` is the attribute's name or the delegate's type, `value` its bytes or the delegate's address.
 */
export interface Entry {
  readonly kind: "attribute" | "delegate";
  readonly name: Hash;
  readonly value: Hex;
  /** Last valid second in Unix time; 0 when revoked. */
  readonly validTo: number;
  /** Number of the identity's event that last set this entry, counted from 1; a revocation leaves it. */
  readonly setAt: number;
}

/** One identity after some of its events. It is plain data: what the store keeps is its JSON. */
export interface DidState {
  readonly address: Address;
  /** The owner, or the last one when deactivated. */
  readonly owner: Address;
  readonly deactivated: Moment | null;
  readonly created: Moment;
  readonly updated: Moment;
  /** Number of events folded. */
  readonly events: number;
  readonly head: Hash;
  /** In the order in which each was first seen. */
  readonly entries: readonly Entry[];
}

/**
 * Most bytes that the entries of an identity have together, each its name's 32 and its value's own. Anybody can write to the
 * DID of their own address, so this bounds what one event makes a reader look through and a node write (method
 * specification, section 8.1).
 */
export const MAX_ENTRY_BYTES = 65_536;

/**
 * Folds one event into an identity's state; `undefined` is an identity that was never written. Pure: the node, the
 * library that reads a chain and an offline verifier all use it.
 *
 * @throws HistoryIncompleteError when the event can't follow this state: one before it is missing or it comes twice.
 */
export function applyDidEvent(state: DidState | undefined, event: DidEvent, chainId: number): DidState {
  expectSuccessor(state, event);
  const origin: HeadOrigin = { chainId, registry: event.log.address };
  const moment: Moment = { block: event.block, time: event.time };
  const head = state?.head ?? headSeed(origin, HEAD_KIND.did, word(event.identity));
  const next: DidState = {
    address: event.identity,
    owner: state?.owner ?? event.identity,
    deactivated: null,
    created: state?.created ?? moment,
    updated: moment,
    events: (state?.events ?? 0) + 1,
    head: nextHead(head, event.log, event.time),
    entries: state?.entries ?? [],
  };
  switch (event.type) {
    case "owner":
      return event.owner === ZERO_ADDRESS ? { ...next, deactivated: moment } : { ...next, owner: event.owner };
    case "delegate":
      return setEntry(next, { kind: "delegate", name: event.delegateType, value: event.delegate }, event.validTo);
    case "attribute":
      return setEntry(next, { kind: "attribute", name: event.name, value: event.value }, event.validTo);
  }
}

function setEntry(state: DidState, { kind, name, value }: EntryKey, validTo: number): DidState {
  const at = state.entries.findIndex((one) => one.value === value && one.name === name && one.kind === kind);
  const setAt = validTo === 0 ? (state.entries[at]?.setAt ?? 0) : state.events;
  const entry: Entry = { kind, name, value, validTo, setAt };
  // What is there already always counts: a key can be revoked however full the room is.
  if (at >= 0) return { ...state, entries: state.entries.with(at, entry) };
  return entryBytes(state.entries) + entryBytes([entry]) > MAX_ENTRY_BYTES
    ? state
    : { ...state, entries: [...state.entries, entry] };
}

/** What one entry differs by from all others of its identity. */
export type EntryKey = Pick<Entry, "kind" | "name" | "value">;

/** The room that entries take: see {@link MAX_ENTRY_BYTES}. */
export function entryBytes(entries: readonly EntryKey[]): number {
  return entries.reduce((sum, { name, value }) => sum + (name.length - 2) / 2 + (value.length - 2) / 2, 0);
}

/** `previousChange` chains an identity's events by block: a gap shows before any head is compared. */
function expectSuccessor(state: DidState | undefined, event: DidEvent): void {
  // Without the identity: a node logs this, and no log names a subject.
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
