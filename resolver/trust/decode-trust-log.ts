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
import { type Address, type Hash, type Hex, toBytes } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";

/** `TrustRegistry.MAX_URI_BYTES` */
export const MAX_URI_BYTES = 200;
/** `TrustRegistry.MAX_LABEL_BYTES` */
export const MAX_LABEL_BYTES = 96;

/** What every event of the trust registry has. */
interface TrustEventBase {
  /** The account that acted: the signer, never a relayer. */
  readonly actor: Address;
  readonly block: number;
  /** Unix time of the block, in seconds. */
  readonly time: number;
  readonly log: Log;
}

/** A credential type was registered. */
export interface TypeAdded extends TrustEventBase {
  readonly type: "typeAdded";
  readonly typeId: Hash;
  readonly uri: string;
  readonly schemaUri: string;
  readonly schemaHash: Hash;
}

/**
 * A grant was created; it has no effect until it is accepted. Times are in Unix seconds; `notAfter` is the first second after
 * its validity.
 */
export interface Granted extends TrustEventBase {
  readonly type: "granted";
  readonly grantId: Hash;
  readonly typeId: Hash;
  readonly subject: Address;
  /** Counts the grants of this type to this subject, from 0. */
  readonly number: number;
  /** The grant above; `null` at a root. */
  readonly parent: Hash | null;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly mayGrant: boolean;
  /** The subject's official name, as the bytes that were written: `shownLabel` returns the text that may be shown. */
  readonly label: Hex;
}

/** A grant's subject accepted it. */
export interface Accepted extends TrustEventBase {
  readonly type: "accepted";
  readonly grantId: Hash;
}

/** A grant's validity was extended to `notAfter`, in Unix seconds. */
export interface Extended extends TrustEventBase {
  readonly type: "extended";
  readonly grantId: Hash;
  readonly notAfter: number;
}

/** A grant was withdrawn from `from` on, in Unix seconds, which may be in the past. */
export interface Withdrawn extends TrustEventBase {
  readonly type: "withdrawn";
  readonly grantId: Hash;
  readonly from: number;
}

/** An event about one grant. */
export type GrantEvent = Granted | Accepted | Extended | Withdrawn;
/** An event of the trust registry that a head covers. */
export type TrustEvent = TypeAdded | GrantEvent;

/** Topic 0 of each event of the trust registry that a head covers. No head covers the events about roles. */
export const TRUST_TOPICS = {
  typeAdded: keccak256Text("TypeAdded(bytes32,address,string,string,bytes32)"),
  granted: keccak256Text("Granted(bytes32,address,bytes32,address,uint256,bytes32,uint256,uint256,bool,string)"),
  accepted: keccak256Text("Accepted(bytes32,address)"),
  extended: keccak256Text("Extended(bytes32,address,uint48)"),
  withdrawn: keccak256Text("Withdrawn(bytes32,address,uint256)"),
} as const;

/**
 * Reads a log of the trust registry that a head covers.
 *
 * @param time Unix time of the log's block, in seconds.
 * @throws ChainDataError for a log that the contract can't have emitted.
 */
export function decodeTrustLog(log: Log, time: number): TrustEvent {
  const { subject, actor } = subjectAndActor(log);
  const base = { actor, block: log.blockNumber, time, log };
  switch (log.topics[0]) {
    case TRUST_TOPICS.typeAdded: {
      const uri = bytesAt(log, 0, 3, MAX_URI_BYTES);
      const schemaUri = bytesAt(log, 1, uri.end, MAX_URI_BYTES);
      expectWords(log, schemaUri.end);
      const texts = { uri: uriOf(log, uri.value), schemaUri: uriOf(log, schemaUri.value) };
      return { type: "typeAdded", ...base, typeId: subject, ...texts, schemaHash: wordAt(log, 2) };
    }
    case TRUST_TOPICS.granted: {
      const label = bytesAt(log, 7, 8, MAX_LABEL_BYTES);
      expectWords(log, label.end);
      const parent = wordAt(log, 3);
      return {
        type: "granted",
        ...base,
        grantId: subject,
        typeId: wordAt(log, 0),
        subject: asAddress(log, wordAt(log, 1)),
        number: asNumber(log, wordAt(log, 2)),
        parent: /[^0]/.test(parent.slice(2)) ? parent : null,
        notBefore: asNumber(log, wordAt(log, 4)),
        notAfter: asNumber(log, wordAt(log, 5)),
        mayGrant: asBoolean(log, wordAt(log, 6)),
        label: label.value,
      };
    }
    case TRUST_TOPICS.accepted:
      expectWords(log, 0);
      return { type: "accepted", ...base, grantId: subject };
    case TRUST_TOPICS.extended:
      expectWords(log, 1);
      return { type: "extended", ...base, grantId: subject, notAfter: asNumber(log, wordAt(log, 0)) };
    case TRUST_TOPICS.withdrawn:
      expectWords(log, 1);
      return { type: "withdrawn", ...base, grantId: subject, from: asNumber(log, wordAt(log, 0)) };
    default:
      throw impossible(log, `topic 0 is ${log.topics[0]}`);
  }
}

function uriOf(log: Log, value: Hex): string {
  const text = String.fromCharCode(...toBytes(value));
  if (!/^[\x21-\x7e]+$/.test(text)) throw impossible(log, "its URI is not of printable ASCII characters");
  return text;
}
