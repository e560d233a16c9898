import { crc32 } from "node:zlib";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { RegistryEvent, StateOf, Subject, SubjectKind, SubjectState } from "../../resolver/registry-event.ts";
import type { StatusListState, StatusWord } from "../../resolver/status/apply-status-event.ts";
import type { HistoryRange } from "../index/registry-index.ts";
import { corrupt } from "./store-error.ts";

/**
 * Keys and values of the store; nothing else knows them. A change of either is a new schema version.
 *
 * Content, equal on all nodes that hold the same chain:
 * - `ch` block, log index: one event, as the chain's log and its block's time;
 * - `ci` kind, subject, block, log index: that this event is of this subject;
 * - `cr` block: the registries' roots after a block with events;
 * - `cs` kind, subject: a subject's newest state;
 * - `cw` list, index: a word of a status list that was ever written.
 *
 * Bookkeeping of this one node:
 * - `lb` block: hash and time of a recent block;
 * - `lm`: whose data this is;
 * - `lt`: the newest block, how much content there is, and the sum over what newer content replaces;
 * - `lu` block: what undoes a block with events.
 *
 * A kind is one letter. Numbers are hex of a fixed width, so that the order of keys is theirs. A value is the CRC-32 of
 * key and JSON (8 hex digits), then the JSON: what a disk altered is noticed.
 */
export const SCHEMA_VERSION = 4;

export const META_KEY = "lm";
export const TIP_KEY = "lt";

export const CONTENT = prefix("c");
export const HISTORY = prefix("ch");
export const HISTORY_INDEX = prefix("ci");
export const ROOTS = prefix("cr");
export const STATES = prefix("cs");
export const WORDS = prefix("cw");
export const RECENT = prefix("lb");

const LETTERS: Readonly<Record<SubjectKind, string>> = { did: "d", type: "t", grant: "g", list: "l" };
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as SubjectKind]));

/** Value of a key that says all by itself. */
export const NOTHING = "";

/** The two keys of an event: its own, and its subject's way to it. */
export function historyKeys({ kind, id, event }: RegistryEvent): { own: string; index: string } {
  const own = historyKey(event.log);
  return { own, index: `ci${LETTERS[kind]}${id.slice(2)}${own.slice(2)}` };
}

/** An event's own key. */
export function historyKey({ blockNumber, logIndex }: Pick<Log, "blockNumber" | "logIndex">): string {
  return `ch${fixed(blockNumber)}${fixed(logIndex)}`;
}

/** All keys that lead to one subject's events, oldest first. */
export function historyIndexOf({ kind, id }: Subject): { gte: string; lt: string } {
  return prefix(`ci${LETTERS[kind]}${id.slice(2)}`);
}

/** The keys of a part of the history: events' own, or those of {@link historyIndexOf}. */
export function historyRange({ subject, after, from = 0, to, before }: HistoryRange): { gte: string; lt: string } {
  const prefix = subject === undefined ? "ch" : historyIndexOf(subject).gte;
  const start = after === undefined ? fixed(0) : fixed(after.block) + fixed(after.logIndex + 1);
  // A block's number alone comes before each of its events.
  const first = start > fixed(from) ? start : fixed(from);
  const end = before === undefined ? fixed(to + 1) : fixed(before.block) + fixed(before.logIndex);
  const last = end < fixed(to + 1) ? end : fixed(to + 1);
  // An iterator takes no range that ends before it begins.
  return { gte: prefix + first, lt: prefix + (last < first ? first : last) };
}

/** The key of the event that a key of {@link historyIndexOf} leads to. */
export function eventKey(indexKey: string): string {
  return `ch${indexKey.slice(-2 * FIXED)}`;
}

export function isHistoryKey(key: string): boolean {
  return key.startsWith("ch");
}

export function stateKey({ kind, id }: Subject): string {
  return `cs${LETTERS[kind]}${id.slice(2)}`;
}

/** The keys of all states of one kind. */
export function statesOf(kind: SubjectKind): { gte: string; lt: string } {
  return prefix(`cs${LETTERS[kind]}`);
}

/** The subject of a state's key; `undefined` when it is another kind of key. */
export function stateSubject(key: string): Subject | undefined {
  const kind = key.startsWith("cs") ? KINDS.get(key.charAt(2)) : undefined;
  return kind && { kind, id: `0x${key.slice(3)}` };
}

export function rootsKey(block: number): string {
  return `cr${fixed(block)}`;
}

export function wordKey(list: Hash, index: number): string {
  return `cw${list.slice(2)}${index.toString(16).padStart(4, "0")}`;
}

/** All words of one list, in order. */
export function wordsOf(list: Hash): { gte: string; lt: string } {
  return prefix(`cw${list.slice(2)}`);
}

/** The index of the word at a key of {@link wordsOf}. */
export function wordIndex(key: string): number {
  return Number.parseInt(key.slice(-4), 16);
}

export function recentKey(block: number): string {
  return `lb${fixed(block)}`;
}

export function undoKey(block: number): string {
  return `lu${fixed(block)}`;
}

/** An event as it is kept: the JSON of a {@link KeptLog}, put together by hand, for there is one for every event. */
export function historyJson({ event: { log, time } }: { readonly event: KeptLog }): string {
  const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex } = log;
  const words = topics.join('","');
  // All of these are hex digits or numbers: there is nothing to escape.
  return (
    `{"log":{"address":"${address}","topics":["${words}"],"data":"${data}","blockNumber":${blockNumber},` +
    `"blockHash":"${blockHash}","transactionHash":"${transactionHash}","logIndex":${logIndex}},"time":${time}}`
  );
}

/** The opposite of {@link historyJson}. */
export function parseHistory(json: string): KeptLog {
  return JSON.parse(json) as KeptLog;
}

/** A log, and its block's time. */
export interface KeptLog {
  readonly log: Log;
  readonly time: number;
}

/** A state as it is kept: JSON knows no integers of 256 bits. */
export function stateJson({ kind, state }: SubjectState): string {
  if (kind !== "list" || state.origin === null) return JSON.stringify(state);
  return JSON.stringify({ ...state, origin: { ...state.origin, number: bits(state.origin.number) } });
}

/** @throws StoreError STORE_CORRUPT */
export function decodeState<K extends SubjectKind>(kind: K, key: string, text: string): StateOf<K> {
  const state = decode<StateOf<K>>(key, text);
  if (kind !== "list") return state;
  const { origin } = state as StatusListState;
  return { ...state, origin: origin && { ...origin, number: BigInt(origin.number) } };
}

export function wordJson({ revoked, suspended }: StatusWord): string {
  return JSON.stringify([bits(revoked), bits(suspended)]);
}

/** @throws StoreError STORE_CORRUPT */
export function decodeWord(key: string, text: string): StatusWord {
  const [revoked, suspended] = decode<[Hex, Hex]>(key, text);
  return { revoked: BigInt(revoked), suspended: BigInt(suspended) };
}

function bits(value: bigint): Hex {
  return `0x${value.toString(16)}`;
}

/** What a key of the content is for, in words. */
export function describeKey(key: string): string {
  const [, kind, subject = "", rest = ""] = /^c[is](.)([0-9a-f]{40}|[0-9a-f]{64})([0-9a-f]*)$/.exec(key) ?? [];
  const of = `${KINDS.get(kind ?? "")} 0x${subject}`;
  const place = (digits: string) =>
    `log ${Number.parseInt(digits.slice(-FIXED), 16)} of block ${Number.parseInt(digits.slice(0, FIXED), 16)}`;
  switch (key.slice(0, 2)) {
    case "ch":
      return place(key.slice(2));
    case "ci":
      return `way from ${of} to ${place(rest)}`;
    case "cr":
      return `roots after block ${Number.parseInt(key.slice(2), 16)}`;
    case "cs":
      return `state of ${of}`;
    case "cw":
      return `word ${wordIndex(key)} of list 0x${key.slice(2, -4)}`;
    default:
      return `key ${JSON.stringify(key)}`;
  }
}

export function encode(key: string, json: string): string {
  return digits(checksumOf(key, json)) + json;
}

/** @throws StoreError STORE_CORRUPT */
export function decode<T>(key: string, text: string): T {
  return JSON.parse(checkedJson(key, text)) as T;
}

/**
 * The JSON of a value as it was written.
 * @throws StoreError STORE_CORRUPT
 */
export function checkedJson(key: string, text: string): string {
  const json = text.slice(CHECKSUM);
  // The whole key may name an identity that somebody asked for, and this is logged.
  if (text.slice(0, CHECKSUM) !== digits(checksumOf(key, json)))
    throw corrupt(`a value under "${key.slice(0, 2)}" is altered`);
  return json;
}

/** The CRC-32 of an entry. */
export function checksumOf(key: string, json: string): number {
  return crc32(key + json);
}

/** So many hex digits hold a CRC-32. */
const CHECKSUM = 8;

function digits(checksum: number): string {
  return checksum.toString(16).padStart(CHECKSUM, "0");
}

/** So many hex digits hold every safe integer. */
const FIXED = 14;

function fixed(number: number): string {
  return number.toString(16).padStart(FIXED, "0");
}

/** All keys with a prefix: every key is ASCII. */
function prefix(text: string): { gte: string; lt: string } {
  return { gte: text, lt: `${text}\x7f` };
}
