import type { Log } from "../chain/chain-reader.ts";
import {
  asAddress,
  asBoolean,
  asNumber,
  bytesAt,
  expectWords,
  impossible,
  subjectAndActor,
  wordAt,
} from "../chain/log-data.ts";
import { type Address, type Hash, toBytes } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";

/** `StatusRegistry.MIN_SIZE`, `MAX_SIZE`, `MAX_CHANGES`, `MAX_MASKS` and `MAX_BASE_URI_BYTES` */
export const MIN_LIST_SIZE = 131_072;
export const MAX_LIST_SIZE = 524_288;
export const MAX_CHANGES = 512;
export const MAX_MASKS = 600;
export const MAX_BASE_URI_BYTES = 200;
/** Number of credentials in a chunk, whose statuses are one word of each bitmap. */
export const CHUNK_SIZE = 256;

/** What every event of a status list has. */
interface StatusEventBase {
  readonly list: Hash;
  /** The account that acted: the signer, never a relayer. */
  readonly actor: Address;
  readonly block: number;
  /** Unix time of the block, in seconds. */
  readonly time: number;
  readonly log: Log;
}

/** A list was created. */
export interface ListCreated extends StatusEventBase {
  readonly type: "created";
  readonly issuer: Address;
  /** The list's number among the issuer's lists; an unsigned integer of 256 bits. */
  readonly number: bigint;
  /** Number of credentials that it has room for. */
  readonly size: number;
  readonly typeId: Hash;
  /** Its tokens are served at `<baseUri>/<number>`; `null` when the bytes are not UTF-8. */
  readonly baseUri: string | null;
}

/** The list was closed: no credential issued later may point to it. */
export interface ListClosed extends StatusEventBase {
  readonly type: "closed";
}

/**
 * A change of the chunk with index `word`: each mask has a 1 for every credential that it changes, the first credential in the
 * least significant bit.
 */
export interface StatusChange {
  readonly word: number;
  readonly revoke: bigint;
  readonly suspend: bigint;
  readonly reinstate: bigint;
}

/** Statuses were changed. */
export interface StatusChanged extends StatusEventBase {
  readonly type: "changed";
  readonly reason: Hash;
  readonly changes: readonly StatusChange[];
}

/** The contents of `count` chunks from `from` on, at this point of the list's history. */
export interface Checkpoint extends StatusEventBase {
  readonly type: "checkpoint";
  readonly typeId: Hash;
  readonly size: number;
  readonly closed: boolean;
  readonly from: number;
  readonly count: number;
  readonly wordsHash: Hash;
}

/** An event of the status registry. */
export type StatusEvent = ListCreated | ListClosed | StatusChanged | Checkpoint;

/** Topic 0 of each event of the status registry. */
export const STATUS_TOPICS = {
  created: keccak256Text("ListCreated(bytes32,address,address,uint256,uint256,bytes32,string)"),
  closed: keccak256Text("ListClosed(bytes32,address)"),
  changed: keccak256Text("StatusChanged(bytes32,address,bytes32,(uint256,uint256,uint256,uint256)[])"),
  checkpoint: keccak256Text("Checkpoint(bytes32,address,bytes32,uint256,bool,uint256,uint256,bytes32)"),
} as const;

/**
 * Reads a log of the status registry.
 *
 * @param time Unix time of the log's block, in seconds.
 * @throws ChainDataError for a log that the contract can't have emitted.
 */
export function decodeStatusLog(log: Log, time: number): StatusEvent {
  const { subject: list, actor } = subjectAndActor(log);
  const base = { list, actor, block: log.blockNumber, time, log };
  switch (log.topics[0]) {
    case STATUS_TOPICS.created: {
      const baseUri = bytesAt(log, 4, 5, MAX_BASE_URI_BYTES);
      expectWords(log, baseUri.end);
      return {
        type: "created",
        ...base,
        issuer: asAddress(log, wordAt(log, 0)),
        number: BigInt(wordAt(log, 1)),
        size: sizeAt(log, 2),
        typeId: wordAt(log, 3),
        baseUri: textOf(toBytes(baseUri.value)),
      };
    }
    case STATUS_TOPICS.closed:
      expectWords(log, 0);
      return { type: "closed", ...base };
    case STATUS_TOPICS.changed:
      return { type: "changed", ...base, reason: wordAt(log, 0), changes: changesAt(log) };
    case STATUS_TOPICS.checkpoint: {
      expectWords(log, 6);
      const size = sizeAt(log, 1);
      const [from, count] = [asNumber(log, wordAt(log, 3)), asNumber(log, wordAt(log, 4))];
      if (count === 0 || from + count > size / CHUNK_SIZE)
        throw impossible(log, `it has no ${count} chunks from ${from}`);
      const closed = asBoolean(log, wordAt(log, 2));
      return {
        type: "checkpoint",
        ...base,
        typeId: wordAt(log, 0),
        size,
        closed,
        from,
        count,
        wordsHash: wordAt(log, 5),
      };
    }
    default:
      throw impossible(log, `topic 0 is ${log.topics[0]}`);
  }
}

/** The array of changes follows the reason, directly after its own offset: a length, and four words for each change. */
function changesAt(log: Log): StatusChange[] {
  const START = 2;
  if (asNumber(log, wordAt(log, 1)) !== 32 * START) throw impossible(log, "its changes are elsewhere than at word 2");
  const count = asNumber(log, wordAt(log, START));
  if (count === 0 || count > MAX_CHANGES) throw impossible(log, `it has ${count} changes, the cap is ${MAX_CHANGES}`);
  expectWords(log, START + 1 + 4 * count);
  let [lowest, masks] = [0, 0];
  const changes = Array.from({ length: count }, (_, index) => {
    const at = START + 1 + 4 * index;
    const [word, revoke, suspend, reinstate] = [
      asNumber(log, wordAt(log, at)),
      BigInt(wordAt(log, at + 1)),
      BigInt(wordAt(log, at + 2)),
      BigInt(wordAt(log, at + 3)),
    ];
    if (word < lowest) throw impossible(log, `chunk ${word} does not ascend`);
    if ((suspend & reinstate) !== 0n) throw impossible(log, `it suspends and reinstates in chunk ${word}`);
    lowest = word + 1;
    masks += (revoke === 0n ? 0 : 1) + ((suspend | reinstate) === 0n ? 0 : 1);
    return { word, revoke, suspend, reinstate };
  });
  if (masks > MAX_MASKS) throw impossible(log, `it writes ${masks} masks, the cap is ${MAX_MASKS}`);
  return changes;
}

function sizeAt(log: Log, index: number): number {
  const size = asNumber(log, wordAt(log, index));
  if (size < MIN_LIST_SIZE || size > MAX_LIST_SIZE || size % CHUNK_SIZE !== 0)
    throw impossible(log, `its size is ${size}`);
  return size;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null; // no UTF-8
    throw error;
  }
}
