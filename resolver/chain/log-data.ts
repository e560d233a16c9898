import { ChainDataError } from "../errors.ts";
import type { Address, Hash, Hex } from "../primitives/hex.ts";
import type { Log } from "./chain-reader.ts";

// Reads the data of logs by the fixed offsets of the ABI encoding. A log that the contracts can't have emitted is a
// `ChainDataError`.

/** The 32-byte word at an index of a log's data. */
export function wordAt(log: Log, index: number): Hash {
  return `0x${log.data.slice(2 + 64 * index, 66 + 64 * index)}`;
}

/** @throws ChainDataError when a log's data has another number of words. */
export function expectWords(log: Log, words: number): void {
  const got = (log.data.length - 2) / 2;
  if (got !== 32 * words) throw impossible(log, `it has ${got} bytes of data, wanted ${32 * words}`);
}

/** Dynamic bytes, and the index of the first word after them. */
export interface DynamicBytes {
  readonly value: Hex;
  readonly end: number;
}

/**
 * The dynamic bytes that a word points to. They must be where the encoder puts them: directly after what precedes them.
 *
 * @param index of the word with the offset.
 * @param start the word at which they must begin.
 * @param maxBytes the contract's bound.
 */
export function bytesAt(log: Log, index: number, start: number, maxBytes: number): DynamicBytes {
  if (asNumber(log, wordAt(log, index)) !== 32 * start) {
    throw impossible(log, `its value is elsewhere than at word ${start}`);
  }
  const length = asNumber(log, wordAt(log, start));
  if (length > maxBytes) throw impossible(log, `its value has ${length} bytes, the cap is ${maxBytes}`);
  const from = 2 + 64 * (start + 1);
  const words = Math.ceil(length / 32);
  const padded = log.data.slice(from, from + 64 * words);
  if (padded.length !== 64 * words) {
    throw impossible(log, `it has ${(log.data.length - 2) / 2} bytes of data, wanted ${32 * (start + 1 + words)}`);
  }
  if (/[^0]/.test(padded.slice(2 * length))) {
    throw impossible(log, "its value is padded with something else than zeros");
  }
  return { value: `0x${padded.slice(0, 2 * length)}`, end: start + 1 + words };
}

/** The first digits of every word that holds an address. */
const BEFORE_ADDRESS = `0x${"0".repeat(24)}`;

export function asAddress(log: Log, value: Hash): Address {
  if (!value.startsWith(BEFORE_ADDRESS)) throw impossible(log, `${value} is no address`);
  return `0x${value.slice(26)}`;
}

export function asNumber(log: Log, value: Hash): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw impossible(log, `${value} is no number below 2^53`);
  return number;
}

export function asBoolean(log: Log, value: Hash): boolean {
  const number = asNumber(log, value);
  if (number > 1) throw impossible(log, `${value} is neither true nor false`);
  return number === 1;
}

/**
 * The two indexed arguments of an event of the trust or status registry: the subject of the head, and the account that acted.
 */
export function subjectAndActor(log: Log): { subject: Hash; actor: Address } {
  const [, subject, actor, ...rest] = log.topics;
  if (subject === undefined || actor === undefined || rest.length > 0) {
    throw impossible(log, "it has no subject and actor");
  }
  return { subject, actor: asAddress(log, actor) };
}

export function impossible(log: Log, why: string): ChainDataError {
  return new ChainDataError(
    `Log ${log.logIndex} of block ${log.blockNumber} is none that the registry can have written: ${why}`,
  );
}
