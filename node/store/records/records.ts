import type { Log } from "../../../resolver/chain/chain-reader.ts";
import { type Hash, type Hex, word } from "../../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES } from "../../../resolver/registry-event.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import type { Roots } from "../../index/roots.ts";
import { FIXED, fixed, historyPlace, numberAt } from "../keys.ts";

/** Hex digits of an address, and of 32 bytes. */
const ADDRESS = 40;
const WORD = 64;

/** Any value as JSON: for records that exist once or are small. */
export function jsonRecord(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("hex");
}

export function readJson<T>(digits: string): T {
  return JSON.parse(Buffer.from(digits, "hex").toString()) as T;
}

/** A log, and its block's time. */
export interface KeptLog {
  readonly log: Log;
  readonly time: number;
}

/** An event without its block number and log index, which its key contains. */
export function eventRecord({ log, time }: KeptLog): string {
  const { address, topics, data, blockHash, transactionHash } = log;
  let words = blockHash.slice(2) + transactionHash.slice(2);
  for (const topic of topics) words += topic.slice(2);
  return `${fixed(time)}${address.slice(2)}0${topics.length}${words}${data.slice(2)}`;
}

/** @param key of the event. */
export function readEvent(key: string, digits: string): KeptLog {
  const address = FIXED + ADDRESS;
  const words = address + 2;
  const count = 2 + Number.parseInt(digits.slice(address, words), 16);
  const wordAt = (at: number): Hash => `0x${digits.slice(words + WORD * at, words + WORD * (at + 1))}`;
  const log: Log = {
    address: `0x${digits.slice(FIXED, address)}`,
    topics: Array.from({ length: count - 2 }, (_, at) => wordAt(2 + at)),
    data: `0x${digits.slice(words + WORD * count)}`,
    ...historyPlace(key),
    blockHash: wordAt(0),
    transactionHash: wordAt(1),
  };
  return { log, time: numberAt(digits, 0) };
}

export function rootsRecord(roots: Roots): string {
  return REGISTRY_NAMES.map((name) => roots[name].slice(2)).join("");
}

export function readRoots(digits: string): Roots {
  const [did, trust, status] = wordsIn(digits);
  return { did, trust, status } as Roots;
}

export function chunkRecord({ revoked, suspended }: StatusChunk): string {
  return word(revoked).slice(2) + word(suspended).slice(2);
}

export function readChunk(digits: string): StatusChunk {
  const [revoked = "0x0", suspended = "0x0"] = wordsIn(digits);
  return { revoked: BigInt(revoked), suspended: BigInt(suspended) };
}

export function recentRecord({ hash, time }: BlockRef): string {
  return hash.slice(2) + fixed(time);
}

/** @param key of the block. */
export function readRecent(key: string, digits: string): BlockRef {
  return {
    number: numberAt(key, key.length - FIXED),
    hash: `0x${digits.slice(0, WORD)}`,
    time: numberAt(digits, WORD),
  };
}

function wordsIn(digits: string): Hex[] {
  return (digits.match(/.{64}/g) ?? []).map((one): Hex => `0x${one}`);
}
