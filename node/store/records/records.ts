import { crc32 } from "node:zlib";
import type { Log } from "../../../resolver/chain/chain-reader.ts";
import { type Hash, type Hex, word } from "../../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES } from "../../../resolver/registry-event.ts";
import type { StatusChunk } from "../../../resolver/status/apply-status-event.ts";
import type { BlockRef } from "../../index/recent-blocks.ts";
import type { Roots } from "../../index/roots.ts";
import { FIXED, fixed, historyPlace, numberAt, tagOfKey } from "../keys.ts";
import { corrupt } from "../store-error.ts";

/** Hex digits of a CRC-32, of an address, and of 32 bytes. */
const CHECKSUM = 8;
const ADDRESS = 40;
const WORD = 64;

/** A value as it is stored: the CRC-32 of key and value, then the value. */
export function sealed(key: string, digits: string): string {
  return checksumOf(key, digits) + digits;
}

/**
 * A value as it was written.
 * @throws StoreError STORE_CORRUPT
 */
export function unsealed(key: string, stored: string): string {
  const digits = stored.slice(CHECKSUM);
  // The whole key may name an identity that somebody asked for, and this is logged.
  if (stored.slice(0, CHECKSUM) !== checksumOf(key, digits))
    throw corrupt(`a value under "${tagOfKey(key)}" is altered`);
  return digits;
}

function checksumOf(key: string, digits: string): string {
  return crc32(key + digits)
    .toString(16)
    .padStart(CHECKSUM, "0");
}

/** Any JSON, for what is there once or is small. */
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

/** An event: what its key does not say. */
export function eventRecord({ log, time }: KeptLog): string {
  const { address, topics, data, blockHash, transactionHash } = log;
  const count = topics.length.toString(16).padStart(2, "0");
  const words = [blockHash, transactionHash, ...topics].map((one) => one.slice(2)).join("");
  return fixed(time) + address.slice(2) + count + words + data.slice(2);
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
