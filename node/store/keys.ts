import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { Address, Hash, Hex } from "../../resolver/primitives/hex.ts";
import { REGISTRY_OF, type RegistryEvent, type Subject, type SubjectKind } from "../../resolver/registry-event.ts";
import type { HistoryRange } from "../index/live-index.ts";
import type { KeyRange } from "./database.ts";

/**
 * Keys of the store. Only this file builds keys, and only `records/` encodes values; a change of either needs a new schema
 * version. On disk both are bytes. In the program they are hex digits, whose order is that of the bytes.
 *
 * Content, equal on all nodes that hold the same chain:
 * - `ch` block, log index: one event, as the log of the chain and the time of its block;
 * - `ci` kind, subject, block, log index: empty; refers a subject to its event;
 * - `cr` block: the registries' roots after a block with events;
 * - `cs` kind, subject: a subject's newest state, without the entries of a DID that has many;
 * - `cv` DID, bucket: some of the entries of a DID that has many;
 * - `cw` list, index: a chunk of statuses of a list, if it was ever written.
 *
 * Bookkeeping of this one node:
 * - `lb` block: hash and time of a recent block, and the counts and sums of the content as of it;
 * - `lm`: network, registries and schema version of the data;
 * - `lt`: the newest block, and whether its roots were compared with the chain's;
 * - `lu` block: what undoes a block with events.
 *
 * A kind is one letter, a number 7 bytes. A value begins with a CRC-32 of key and value, which reveals what a disk altered.
 */
export const SCHEMA_VERSION = 6;

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
const UNDO = below(ascii("lu"));

export const SUBJECT_KINDS = Object.keys(REGISTRY_OF) as SubjectKind[];

const letterOf = (kind: SubjectKind) => ascii(kind.charAt(0));

/** The kinds of subjects by the digits of their first letter. */
const KINDS = new Map(SUBJECT_KINDS.map((kind) => [letterOf(kind), kind]));

/** Number of hex digits of a key's prefix. */
export const PREFIX = 4;

/** Value of a key that contains all information itself. */
export const NOTHING = "";

/** The two keys of an event: its own (`ch`), and the one that leads from its subject to it (`ci`). */
export function historyKeys({ kind, id, event }: RegistryEvent): { own: string; index: string } {
  const own = historyKey(event.log);
  return { own, index: historyIndexOf({ kind, id }) + own.slice(PREFIX) };
}

/** An event's own key. */
export function historyKey({ blockNumber, logIndex }: Pick<Log, "blockNumber" | "logIndex">): string {
  return HISTORY.gte + fixed(blockNumber) + fixed(logIndex);
}

/** Block and log index of an event, from its own key. */
export function historyPlace(key: string): { blockNumber: number; logIndex: number } {
  return { blockNumber: numberAt(key, PREFIX), logIndex: numberAt(key, PREFIX + FIXED) };
}

/** Prefix of all keys that lead to the events of one subject. */
function historyIndexOf({ kind, id }: Subject): string {
  return HISTORY_INDEX.gte + letterOf(kind) + id.slice(2);
}

/** The range of keys of a part of the history: own keys of events, or those that lead to a subject's events. */
export function historyRange({ subject, after, from = 0, to, before }: HistoryRange): KeyRange {
  const prefix = subject === undefined ? HISTORY.gte : historyIndexOf(subject);
  const start = after === undefined ? fixed(0) : fixed(after.block) + fixed(after.logIndex + 1);
  // The number of a block alone sorts before the keys of its events.
  const first = start > fixed(from) ? start : fixed(from);
  const end = before === undefined ? fixed(to + 1) : fixed(before.block) + fixed(before.logIndex);
  const last = end < fixed(to + 1) ? end : fixed(to + 1);
  // An iterator rejects a range that ends before it begins.
  return { gte: prefix + first, lt: prefix + (last < first ? first : last) };
}

/** The event's own key, from the key (`ci`) that leads from its subject to it. */
export function eventKey(indexKey: string): string {
  return HISTORY.gte + indexKey.slice(-2 * FIXED);
}

export function isIn({ gte, lt }: KeyRange, key: string): boolean {
  return key >= gte && key < lt;
}

/** Whether newer content overwrites the value at this key: states with their entries, and chunks. */
export function isReplaced(key: string): boolean {
  return isIn({ gte: STATES.gte, lt: CHUNKS.lt }, key);
}

export function stateKey({ kind, id }: Subject): string {
  return STATES.gte + letterOf(kind) + id.slice(2);
}

/** The keys of all states of one kind. */
export function statesOf(kind: SubjectKind): KeyRange {
  return below(STATES.gte + letterOf(kind));
}

/** The subject of a state's key; `undefined` for another kind of key. */
export function stateSubject(key: string): Subject | undefined {
  const kind = isIn(STATES, key) ? KINDS.get(key.slice(PREFIX, PREFIX + 2)) : undefined;
  return kind && { kind, id: stateId(key) };
}

/** The id of the subject of a state's key. */
export function stateId(key: string): Hex {
  return `0x${key.slice(PREFIX + 2)}`;
}

export function entriesKey(did: Address, bucket: number): string {
  return ENTRIES.gte + did.slice(2) + bucket.toString(16).padStart(2, "0");
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

export const rootsKey = (block: number) => ROOTS.gte + fixed(block);
export const recentKey = (block: number) => RECENT.gte + fixed(block);
export const undoKey = (block: number) => UNDO.gte + fixed(block);

/** The block of a key that ends with its number. */
export function blockOf(key: string): number {
  return numberAt(key, key.length - FIXED);
}

/** The keys of the undo records of the blocks above one. */
export function undoAbove(block: number): KeyRange {
  return { gte: undoKey(block + 1), lt: UNDO.lt };
}

/** The prefix of a key: two letters, which reveal no subject. */
export function tagOfKey(key: string): string {
  return Buffer.from(key.slice(0, PREFIX), "hex").toString();
}

/** Describes a key of the content to people. */
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

/** Number of hex digits that hold every safe integer. */
const FIXED = 14;

/** A number as hex digits of a fixed width, so that keys sort in the order of the numbers. */
export function fixed(number: number): string {
  return number.toString(16).padStart(FIXED, "0");
}

/** The number that {@link fixed} wrote at an offset. */
function numberAt(digits: string, at: number): number {
  return Number.parseInt(digits.slice(at, at + FIXED), 16);
}

function ascii(text: string): string {
  return Buffer.from(text).toString("hex");
}

/** All keys with a prefix. */
function below(prefix: string): KeyRange {
  return { gte: prefix, lt: (BigInt(`0x${prefix}`) + 1n).toString(16) };
}
