import { id } from "ethers";
import type { Log } from "./chain/chain-reader.ts";
import { ChainDataError } from "./errors.ts";
import type { Address, Hash, Hex } from "./hex.ts";

/** Largest size of an attribute's value, in bytes; `DidRegistry.MAX_VALUE_BYTES`. */
export const MAX_VALUE_BYTES = 4_096;

/** What every event of the DID registry has. */
interface DidEventBase {
  readonly identity: Address;
  /** Block of the identity's change before this one; 0 at the first. */
  readonly previousChange: number;
  readonly block: number;
  /** Unix time of the block, in seconds. */
  readonly time: number;
  /** The log that this was read from: heads are made of its exact bytes. */
  readonly log: Log;
}

/** The identity has a new owner; the zero address deactivates it for ever. */
export interface OwnerChanged extends DidEventBase {
  readonly type: "owner";
  readonly owner: Address;
}

/** A delegate was added or revoked. `validTo` is the last valid second in Unix time; 0 when revoked. */
export interface DelegateChanged extends DidEventBase {
  readonly type: "delegate";
  readonly delegateType: Hash;
  readonly delegate: Address;
  readonly validTo: number;
}

/** An attribute was set or revoked. `validTo` is the last valid second in Unix time; 0 when revoked. */
export interface AttributeChanged extends DidEventBase {
  readonly type: "attribute";
  readonly name: Hash;
  readonly value: Hex;
  readonly validTo: number;
}

/** An event of the DID registry (ERC-1056). */
export type DidEvent = OwnerChanged | DelegateChanged | AttributeChanged;

/** Topic 0 of each event of the DID registry. */
export const DID_TOPICS = {
  owner: id("DIDOwnerChanged(address,address,uint256)") as Hash,
  delegate: id("DIDDelegateChanged(address,bytes32,address,uint256,uint256)") as Hash,
  attribute: id("DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)") as Hash,
} as const;

/**
 * Reads a log of the DID registry by the fixed offsets of the ABI encoding; a general decoder is 100 times slower, and
 * a node decodes every event of a network.
 *
 * @param time Unix time of the log's block, in seconds.
 * @throws ChainDataError when the log is none that the contract can have written.
 */
export function decodeDidLog(log: Log, time: number): DidEvent {
  const [topic0, subject, ...rest] = log.topics;
  if (subject === undefined || rest.length > 0) throw impossible(log, "it has no single subject");
  const base = { identity: asAddress(log, subject), block: log.blockNumber, time, log };
  switch (topic0) {
    case DID_TOPICS.owner:
      expectWords(log, 2);
      return {
        type: "owner",
        ...base,
        owner: asAddress(log, wordAt(log, 0)),
        previousChange: asNumber(log, wordAt(log, 1)),
      };
    case DID_TOPICS.delegate:
      expectWords(log, 4);
      return {
        type: "delegate",
        ...base,
        delegateType: wordAt(log, 0),
        delegate: asAddress(log, wordAt(log, 1)),
        validTo: asNumber(log, wordAt(log, 2)),
        previousChange: asNumber(log, wordAt(log, 3)),
      };
    case DID_TOPICS.attribute:
      return {
        type: "attribute",
        ...base,
        name: wordAt(log, 0),
        value: bytesAt(log),
        validTo: asNumber(log, wordAt(log, 2)),
        previousChange: asNumber(log, wordAt(log, 3)),
      };
    default:
      throw impossible(log, `topic 0 is ${topic0}`);
  }
}

/** The 32-byte word at an index of the data. */
function wordAt(log: Log, index: number): Hash {
  return `0x${log.data.slice(2 + 64 * index, 66 + 64 * index)}`;
}

/** The bytes of an attribute: the only dynamic field, so its offset is always the four words of the head. */
function bytesAt(log: Log): Hex {
  const HEAD_WORDS = 4;
  if (asNumber(log, wordAt(log, 1)) !== 32 * HEAD_WORDS) throw impossible(log, "its value is elsewhere than at word 4");
  const length = asNumber(log, wordAt(log, HEAD_WORDS));
  if (length > MAX_VALUE_BYTES) throw impossible(log, `its value has ${length} bytes, the cap is ${MAX_VALUE_BYTES}`);
  expectWords(log, HEAD_WORDS + 1 + Math.ceil(length / 32));
  const from = 2 + 64 * (HEAD_WORDS + 1);
  const end = from + 2 * length;
  if (/[^0]/.test(log.data.slice(end))) throw impossible(log, "its value is padded with something else than zeros");
  return `0x${log.data.slice(from, end)}`;
}

function expectWords(log: Log, words: number): void {
  const got = (log.data.length - 2) / 2;
  if (got !== 32 * words) throw impossible(log, `it has ${got} bytes of data, wanted ${32 * words}`);
}

function asAddress(log: Log, value: Hash): Address {
  if (!value.startsWith(`0x${"0".repeat(24)}`)) throw impossible(log, `${value} is no address`);
  return `0x${value.slice(26)}`;
}

function asNumber(log: Log, value: Hash): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw impossible(log, `${value} is no number below 2^53`);
  return number;
}

function impossible(log: Log, why: string): ChainDataError {
  return new ChainDataError(`Log ${log.logIndex} of block ${log.blockNumber} is none of a DID registry: ${why}`);
}
