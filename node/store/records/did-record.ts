import { crc32 } from "node:zlib";
import type { DidState, Moment } from "../../../resolver/did/apply-event.ts";
import type { Entry } from "../../../resolver/did/entries.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { entriesKey, FIXED, fixed, numberAt } from "../keys.ts";
import { corrupt } from "../store-error.ts";

/**
 * Maximum bytes of entries that are stored in the record of their DID's state. Above that, each entry is stored in one of 64
 * buckets, chosen by its name and value, and the state's record lists the bucket of each entry, in the order of the entries.
 * So an event rewrites only this record and the buckets of the entries that it changed. The bytes follow from the state
 * alone, so they are equal on every node.
 */
const INLINE_BYTES = 4_096;
const BUCKETS = 64;

/** Hex digits of an owner, of a head, and of an entry's kind, name and length of its value. */
const OWNER = 40;
const HEAD = 64;
const KIND = 2;
const NAME = 64;
const LENGTH = 4;
const [OWN, OTHERS] = ["00", "01"];

/** A DID's state as records. */
export interface DidRecords {
  readonly state: string;
  /** Entries by bucket; empty when all entries are in the state's record. */
  readonly buckets: ReadonlyMap<string, readonly Entry[]>;
}

export function didRecords(state: DidState): DidRecords {
  const { owner, created, updated, deactivated, events, head, entries } = state;
  const moments = [created, updated, deactivated ?? { block: 0, time: 0 }].map(momentDigits).join("");
  const facts = owner.slice(2) + moments + fixed(events) + head.slice(2);
  const bytes = entries.reduce((sum, { value }) => sum + (KIND + NAME + FIXED + LENGTH + value.length - 2) / 2, 0);
  if (bytes <= INLINE_BYTES) return { state: facts + OWN + entriesRecord(entries), buckets: NO_BUCKETS };
  const buckets = new Map<string, Entry[]>();
  let order = "";
  for (const entry of entries) {
    const bucket = bucketOf(entry);
    order += bucket;
    const found = buckets.get(bucket);
    if (found === undefined) buckets.set(bucket, [entry]);
    else found.push(entry);
  }
  return { state: facts + OTHERS + order, buckets };
}

const NO_BUCKETS: ReadonlyMap<string, readonly Entry[]> = new Map();

export function entriesRecord(entries: readonly Entry[]): string {
  let digits = "";
  for (const { kind, name, value, validTo } of entries) {
    const length = (value.length / 2 - 1).toString(16).padStart(LENGTH, "0");
    digits += (kind === "attribute" ? "00" : "01") + name.slice(2) + fixed(validTo) + length + value.slice(2);
  }
  return digits;
}

/** Offsets in hex digits of the facts, and of the entries behind them. */
const EVENTS = OWNER + 6 * FIXED;
const HEAD_AT = EVENTS + FIXED;
const ENTRIES_AT = HEAD_AT + HEAD;

/** The DID's state, read from its record, without the entries. */
export function readDidFacts(address: Address, digits: string): Omit<DidState, "entries"> {
  const deactivated = momentAt(digits, OWNER + 4 * FIXED);
  return {
    address,
    owner: `0x${digits.slice(0, OWNER)}`,
    deactivated: deactivated.block === 0 ? null : deactivated,
    created: momentAt(digits, OWNER),
    updated: momentAt(digits, OWNER + 2 * FIXED),
    events: numberAt(digits, EVENTS),
    head: `0x${digits.slice(HEAD_AT, ENTRIES_AT)}`,
  };
}

/**
 * @param get returns the record at a key.
 * @throws StoreError STORE_CORRUPT
 */
export function readDidState(address: Address, digits: string, get: (key: string) => string | undefined): DidState {
  const entries = digits.slice(ENTRIES_AT + 2);
  const isInline = digits.slice(ENTRIES_AT, ENTRIES_AT + 2) === OWN;
  return {
    ...readDidFacts(address, digits),
    entries: isInline ? readEntries(entries) : entriesInOrder(address, entries.match(/../g) ?? [], get),
  };
}

function entriesInOrder(did: Address, order: readonly string[], get: (key: string) => string | undefined): Entry[] {
  const buckets = new Map<string, Iterator<Entry>>();
  return order.map((bucket) => {
    const found = buckets.get(bucket) ?? readEntries(get(entriesKey(did, bucket)) ?? "").values();
    buckets.set(bucket, found);
    const { value } = found.next();
    if (value === undefined) throw corrupt("entries of a DID are missing");
    return value;
  });
}

function readEntries(digits: string): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < digits.length; ) {
    const name = at + KIND;
    const length = name + NAME + FIXED;
    const value = length + LENGTH;
    const end = value + 2 * Number.parseInt(digits.slice(length, value), 16);
    entries.push({
      kind: digits.slice(at, name) === "00" ? "attribute" : "delegate",
      name: `0x${digits.slice(name, name + NAME)}`,
      value: `0x${digits.slice(value, end)}`,
      validTo: numberAt(digits, name + NAME),
    });
    at = end;
  }
  return entries;
}

function bucketOf({ name, value }: Entry): string {
  return (crc32(name + value) % BUCKETS).toString(16).padStart(2, "0");
}

function momentDigits({ block, time }: Moment): string {
  return fixed(block) + fixed(time);
}

function momentAt(digits: string, at: number): Moment {
  return { block: numberAt(digits, at), time: numberAt(digits, at + FIXED) };
}
