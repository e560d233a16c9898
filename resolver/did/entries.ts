import type { Hash, Hex } from "../primitives/hex.ts";
import { readAttribute, serviceFragment } from "./attribute.ts";
import type { DidEvent } from "./decode-log.ts";

/**
 * One (name, value) attribute or one (type, delegate). `name` is the attribute's name or the delegate's type, `value` its bytes
 * or the delegate's address.
 */
export interface EntryKey {
  readonly kind: "attribute" | "delegate";
  readonly name: Hash;
  readonly value: Hex;
}

/** An entry after its newest event. */
export interface Entry extends EntryKey {
  /** Last valid second in Unix time; 0 when revoked. */
  readonly validTo: number;
}

/**
 * Most bytes of all attributes in force together; each counts 32 for its name and the length of its value. Anybody can write to
 * the DID of their own address, so this bounds the work that one event causes a reader and a node (method specification,
 * section 8.1). Delegates are bounded by the contract.
 */
export const MAX_ENTRY_BYTES = 65_536;

/** An identity's entries after an event. */
export interface AppliedEntry {
  /** The entries in force at the event's time, in the order in which they came into force. */
  readonly entries: readonly Entry[];
  /** Whether the event has an effect; `false` when it sets an attribute beyond {@link MAX_ENTRY_BYTES}. */
  readonly counts: boolean;
}

/**
 * The one rule for how an event changes entries, shared by documents, the history of a key and the command line.
 *
 * @param entries in force after the events before.
 * @param time Unix time of the event's block, in seconds; no event before it has a later one.
 */
export function applyEntry(entries: readonly Entry[], entry: Entry, time: number): AppliedEntry {
  const inForce = entriesInForce(entries, time);
  if (entry.validTo === 0) return { entries: inForce.filter((one) => !isSameEntry(one, entry)), counts: true };
  const at = inForce.findIndex((one) => isSameEntry(one, entry));
  if (at >= 0) return { entries: inForce.with(at, entry), counts: true };
  const next = [...withoutReplaced(inForce, entry), entry];
  if (entryBytes(next) > MAX_ENTRY_BYTES) return { entries: inForce, counts: false };
  return { entries: next, counts: true };
}

/** The entries that have not expired at a moment in Unix seconds. */
export function entriesInForce(entries: readonly Entry[], at: number): readonly Entry[] {
  const isInForce = ({ validTo }: Entry) => at <= validTo;
  // Entries seldom expire between two events: an unchanged list is not copied.
  return entries.every(isInForce) ? entries : entries.filter(isInForce);
}

/** The bytes of the attributes among some entries, as {@link MAX_ENTRY_BYTES} counts them. */
export function entryBytes(entries: readonly EntryKey[]): number {
  return entries.reduce((sum, { kind, value }) => sum + (kind === "attribute" ? 32 + (value.length - 2) / 2 : 0), 0);
}

/** A service permanently replaces an earlier one with the same fragment, unless its value is no endpoint. */
function withoutReplaced(entries: readonly Entry[], entry: Entry): readonly Entry[] {
  const fragment = entry.kind === "attribute" ? serviceFragment(entry.name) : undefined;
  if (fragment === undefined) return entries;
  // Decoding all names would be most of the work, so their hex digits are searched first.
  const digits = `2f${Array.from(fragment, (one) => one.charCodeAt(0).toString(16)).join("")}`;
  const isReplaced = ({ kind, name }: Entry) =>
    kind === "attribute" && name.includes(digits) && serviceFragment(name) === fragment;
  if (!entries.some(isReplaced) || readAttribute(entry) === undefined) return entries;
  return entries.filter((one) => !isReplaced(one));
}

function isSameEntry(a: EntryKey, b: EntryKey): boolean {
  return a.value === b.value && a.name === b.name && a.kind === b.kind;
}

/** An entry, and when it was set and revoked. */
export interface EntryHistory extends EntryKey {
  /** Its events that have an effect, oldest first. Never empty. */
  readonly changes: readonly EntryChange[];
}

/** One event of an entry; times are Unix seconds. */
export interface EntryChange {
  readonly block: number;
  readonly time: number;
  /** Last valid second; 0 for a revocation. */
  readonly validTo: number;
}

/**
 * The events of an identity that have an effect, by entry. Apart from revocations of entries that were never set, it has
 * exactly those entries that some document of the identity could show.
 *
 * @param events of one identity, oldest first.
 * @returns the entries, in the order in which each was first set or revoked.
 */
export function entryHistories(events: Iterable<DidEvent>): EntryHistory[] {
  const histories = new Map<string, EntryHistory & { readonly changes: EntryChange[] }>();
  let entries: readonly Entry[] = [];
  for (const event of events) {
    if (event.type === "owner") continue;
    const entry = entryOf(event);
    const applied = applyEntry(entries, entry, event.time);
    entries = applied.entries;
    if (!applied.counts) continue;
    const { kind, name, value, validTo } = entry;
    const id = `${kind} ${name} ${value}`;
    const history = histories.get(id) ?? { kind, name, value, changes: [] };
    history.changes.push({ block: event.block, time: event.time, validTo });
    histories.set(id, history);
  }
  return [...histories.values()];
}

/** The entry that an event sets or revokes. */
export function entryOf(event: Exclude<DidEvent, { type: "owner" }>): Entry {
  return event.type === "delegate"
    ? { kind: "delegate", name: event.delegateType, value: event.delegate, validTo: event.validTo }
    : { kind: "attribute", name: event.name, value: event.value, validTo: event.validTo };
}
