import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { RegistryEvent, Subject, SubjectKind } from "../../resolver/registry-event.ts";
import type { HistoryRange } from "../index/live-index.ts";

/**
 * Keys of the store; nothing else knows them, and only `records/` knows its values. A change of any of these
 * is a new schema version. On the disk both are bytes, here they are their hex digits, whose order is that of the bytes.
 *
 * Content, equal on all nodes that hold the same chain:
 * - `ch` block, log index: one event, as the chain's log and its block's time;
 * - `ci` kind, subject, block, log index: that this event is of this subject;
 * - `cr` block: the registries' roots after a block with events;
 * - `cs` kind, subject: a subject's newest state; of a DID with many entries without them;
 * - `cv` DID, bucket: some of the entries of a DID that has many;
 * - `cw` list, index: a chunk of statuses of a list that was ever written.
 *
 * Bookkeeping of this one node:
 * - `lb` block: hash and time of a recent block;
 * - `lm`: whose data this is;
 * - `lt`: the newest block, how much content there is, and what it adds up to;
 * - `lu` block: what undoes a block with events.
 *
 * A kind is one letter, a number 7 bytes. A value begins with its CRC-32: what a disk altered is noticed.
 */
export const SCHEMA_VERSION = 5;

export const META_KEY = ascii("lm");
export const TIP_KEY = ascii("lt");

export const CONTENT = below(ascii("c"));
export const HISTORY = below(ascii("ch"));
export const HISTORY_INDEX = below(ascii("ci"));
export const ROOTS = below(ascii("cr"));
export const STATES = below(ascii("cs"));
export const ENTRIES = below(ascii("cv"));
export const CHUNKS = below(ascii("cw"));
export const RECENT = below(ascii("lb"));

const LETTERS: Readonly<Record<SubjectKind, string>> = {
  did: ascii("d"),
  type: ascii("t"),
  grant: ascii("g"),
  list: ascii("l"),
};
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as SubjectKind]));

/** Digits of the prefix that says what a key is for. */
export const PREFIX = 4;

/** Keys from `gte` on, below `lt`. */
export interface KeyRange {
  readonly gte: string;
  readonly lt: string;
}

/** Value of a key that says all by itself. */
export const NOTHING = "";

/** The two keys of an event: its own, and its subject's way to it. */
export function historyKeys({ kind, id, event }: RegistryEvent): { own: string; index: string } {
  const own = historyKey(event.log);
  return { own, index: historyIndexOf({ kind, id }) + own.slice(PREFIX) };
}

/** An event's own key. */
export function historyKey({ blockNumber, logIndex }: Pick<Log, "blockNumber" | "logIndex">): string {
  return HISTORY.gte + fixed(blockNumber) + fixed(logIndex);
}

/** Where an event is, by its own key. */
export function historyPlace(key: string): { blockNumber: number; logIndex: number } {
  return { blockNumber: numberAt(key, PREFIX), logIndex: numberAt(key, PREFIX + FIXED) };
}

/** What all keys that lead to one subject's events begin with. */
function historyIndexOf({ kind, id }: Subject): string {
  return HISTORY_INDEX.gte + LETTERS[kind] + id.slice(2);
}

/** The keys of a part of the history: events' own, or those that lead to a subject's events. */
export function historyRange({ subject, after, from = 0, to, before }: HistoryRange): KeyRange {
  const prefix = subject === undefined ? HISTORY.gte : historyIndexOf(subject);
  const start = after === undefined ? fixed(0) : fixed(after.block) + fixed(after.logIndex + 1);
  // A block's number alone comes before each of its events.
  const first = start > fixed(from) ? start : fixed(from);
  const end = before === undefined ? fixed(to + 1) : fixed(before.block) + fixed(before.logIndex);
  const last = end < fixed(to + 1) ? end : fixed(to + 1);
  // An iterator takes no range that ends before it begins.
  return { gte: prefix + first, lt: prefix + (last < first ? first : last) };
}

/** The key of the event that a key of a subject's way leads to. */
export function eventKey(indexKey: string): string {
  return HISTORY.gte + indexKey.slice(-2 * FIXED);
}

export function isIn({ gte, lt }: KeyRange, key: string): boolean {
  return key >= gte && key < lt;
}

/** Whether newer content takes the place of what is there: states with their entries, and chunks. */
export function isReplaced(key: string): boolean {
  return isIn(STATES, key) || isIn(ENTRIES, key) || isIn(CHUNKS, key);
}

export function stateKey({ kind, id }: Subject): string {
  return STATES.gte + LETTERS[kind] + id.slice(2);
}

/** The keys of all states of one kind. */
export function statesOf(kind: SubjectKind): KeyRange {
  return below(STATES.gte + LETTERS[kind]);
}

/** The subject of a state's key; `undefined` when it is another kind of key. */
export function stateSubject(key: string): Subject | undefined {
  const kind = isIn(STATES, key) ? KINDS.get(key.slice(PREFIX, PREFIX + 2)) : undefined;
  return kind && { kind, id: `0x${key.slice(PREFIX + 2)}` };
}

/** @param bucket two digits. */
export function entriesKey(did: Address, bucket: string): string {
  return ENTRIES.gte + did.slice(2) + bucket;
}

export function rootsKey(block: number): string {
  return ROOTS.gte + fixed(block);
}

export function chunkKey(list: Hash, index: number): string {
  return CHUNKS.gte + list.slice(2) + index.toString(16).padStart(4, "0");
}

/** All chunks of one list, in order. */
export function chunksOf(list: Hash): KeyRange {
  return below(CHUNKS.gte + list.slice(2));
}

/** The index of the chunk at a key of {@link chunksOf}. */
export function chunkIndex(key: string): number {
  return Number.parseInt(key.slice(-4), 16);
}

export function recentKey(block: number): string {
  return RECENT.gte + fixed(block);
}

export function undoKey(block: number): string {
  return ascii("lu") + fixed(block);
}

/** What undoes the blocks above one. */
export function undoAbove(block: number): KeyRange {
  return { gte: undoKey(block + 1), lt: below(ascii("lu")).lt };
}

/** What a key is for, in two letters that name nobody. */
export function tagOfKey(key: string): string {
  return Buffer.from(key.slice(0, PREFIX), "hex").toString();
}

/** What a key of the content is for, in words. */
export function describeKey(key: string): string {
  const rest = key.slice(PREFIX);
  const place = (digits: string) => `log ${numberAt(digits, FIXED)} of block ${numberAt(digits, 0)}`;
  switch (tagOfKey(key)) {
    case "cv":
      return `entries ${rest.slice(-2)} of did 0x${rest.slice(0, -2)}`;
    case "ch":
      return place(rest);
    case "ci":
      return `way from ${KINDS.get(rest.slice(0, 2))} 0x${rest.slice(2, -2 * FIXED)} to ${place(rest.slice(-2 * FIXED))}`;
    case "cr":
      return `roots after block ${numberAt(rest, 0)}`;
    case "cs":
      return `state of ${KINDS.get(rest.slice(0, 2))} 0x${rest.slice(2)}`;
    case "cw":
      return `chunk ${chunkIndex(key)} of list 0x${rest.slice(0, -4)}`;
    default:
      return `key 0x${key}`;
  }
}

/** So many hex digits hold every safe integer. */
export const FIXED = 14;

/** A number as digits of a fixed width, so that the order of keys is that of numbers. */
export function fixed(number: number): string {
  const at = number % RECENT_NUMBERS;
  if (numbers[at] !== number) {
    numbers[at] = number;
    digitsOf[at] = number.toString(16).padStart(FIXED, "0");
  }
  return digitsOf[at] as string;
}

/** Digits are kept of so many numbers: those of one block and its time are in all that its events write. */
const RECENT_NUMBERS = 256;
const numbers: number[] = new Array(RECENT_NUMBERS).fill(Number.NaN);
const digitsOf: string[] = new Array(RECENT_NUMBERS).fill("");

/** The number of {@link fixed} digits: a state has nine, and to cut each out of the text takes longer than to read it. */
export function numberAt(digits: string, at: number): number {
  let number = 0;
  for (let next = at; next < at + FIXED; next++) {
    const code = digits.charCodeAt(next);
    number = 16 * number + (code < LETTER_A ? code - ZERO : code - LETTER_A + 10);
  }
  return number;
}

const ZERO = "0".charCodeAt(0);
const LETTER_A = "a".charCodeAt(0);

function ascii(text: string): string {
  return Buffer.from(text).toString("hex");
}

/** All keys with a prefix. */
function below(prefix: string): KeyRange {
  return { gte: prefix, lt: (BigInt(`0x${prefix}`) + 1n).toString(16) };
}
