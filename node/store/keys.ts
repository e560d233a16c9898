import { crc32 } from "node:zlib";
import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { DidEvent } from "../../resolver/decode-log.ts";
import type { Address } from "../../resolver/hex.ts";
import { corrupt } from "./store-error.ts";

/**
 * Keys and values of the store; nothing else knows them. A change of either is a new schema version.
 *
 * Content, equal on all nodes that hold the same chain:
 * - `ch` identity, block, log index: one event, as the chain's log and its block's time;
 * - `cr` address: a registry's root;
 * - `cs` address: an identity's newest state.
 *
 * Bookkeeping of this one node:
 * - `lb` block: hash and time of a recent block;
 * - `lm`: whose data this is;
 * - `lt`: the newest block, and how much content there is;
 * - `lu` block: what undoes a block with events.
 *
 * Numbers are hex of a fixed width, so that the order of keys is theirs. A value is the CRC-32 of key and JSON (8 hex
 * digits), then the JSON: what a disk altered is noticed.
 */
export const SCHEMA_VERSION = 1;

export const META_KEY = "lm";
export const TIP_KEY = "lt";

export const CONTENT = prefix("c");
export const HISTORY = prefix("ch");
export const ROOTS = prefix("cr");
export const STATES = prefix("cs");
export const RECENT = prefix("lb");

export function historyKey({ identity, log }: DidEvent): string {
  return `ch${identity.slice(2)}${fixed(log.blockNumber)}${fixed(log.logIndex)}`;
}

/** All keys of one identity's history. */
export function historyOf(address: Address): { gte: string; lt: string } {
  return prefix(`ch${address.slice(2)}`);
}

export function stateKey(address: Address): string {
  return `cs${address.slice(2)}`;
}

/** The identity of a state's key; `undefined` when it is another kind of key. */
export function stateAddress(key: string): Address | undefined {
  return key.startsWith("cs") ? `0x${key.slice(2)}` : undefined;
}

export function rootKey(registry: Address): string {
  return `cr${registry.slice(2)}`;
}

export function recentKey(block: number): string {
  return `lb${fixed(block)}`;
}

export function undoKey(block: number): string {
  return `lu${fixed(block)}`;
}

/** An event as it is kept. Its members are named one by one: equal events have equal bytes. */
export function historyValue({ log, time }: DidEvent): { log: Log; time: number } {
  const { address, topics, data, blockNumber, blockHash, transactionHash, logIndex } = log;
  return { log: { address, topics, data, blockNumber, blockHash, transactionHash, logIndex }, time };
}

export function encode(key: string, json: string): string {
  return checksum(key, json) + json;
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
  const json = text.slice(8);
  if (text.slice(0, 8) !== checksum(key, json)) throw corrupt(`the value of key ${JSON.stringify(key)} is altered`);
  return json;
}

function checksum(key: string, json: string): string {
  return crc32(json, crc32(key)).toString(16).padStart(8, "0");
}

/** 14 hex digits hold every safe integer. */
function fixed(number: number): string {
  return number.toString(16).padStart(14, "0");
}

/** All keys with a prefix: every key is ASCII. */
function prefix(text: string): { gte: string; lt: string } {
  return { gte: text, lt: `${text}\x7f` };
}
