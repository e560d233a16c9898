import { HEADER_FIELD, type HeaderFields, headerHashes } from "../chain/block/header-hash.ts";
import { type Hash, hexOf } from "../primitives/hex.ts";
import { decodeRlp, RlpError, type RlpItem } from "../primitives/rlp.ts";
import { ProofError } from "./proof-error.ts";

/** Largest header that is read: 30 validators with their addresses and seals take some 3 kB. */
export const MAX_HEADER_BYTES = 131_072;

/** Fewest fields of a header (Yellow Paper, section 4.4), and most: forks append fields. */
const FIELDS = { fewest: 15, most: 32 } as const;

/** A decoded block header, not trusted before its seals are verified. */
export interface BlockHeader {
  readonly number: number;
  /** Unix time in seconds. */
  readonly time: number;
  readonly stateRoot: Hash;
  readonly parentHash: Hash;
  readonly extraData: Uint8Array;
  /** The hash of its fields; for a QBFT block without seals and with round 0. */
  readonly hash: Hash;
  readonly fields: HeaderFields;
}

/** @throws ProofError `PROOF_FORMAT` when the bytes are no header. */
export function readBlockHeader(rlp: Uint8Array): BlockHeader {
  const fields = decode(rlp);
  return {
    number: numberOf(fields[HEADER_FIELD.number] as Uint8Array, "number"),
    time: numberOf(fields[HEADER_FIELD.timestamp] as Uint8Array, "timestamp"),
    stateRoot: hashOf(fields[HEADER_FIELD.stateRoot] as Uint8Array, "stateRoot"),
    parentHash: hashOf(fields[HEADER_FIELD.parentHash] as Uint8Array, "parentHash"),
    extraData: fields[HEADER_FIELD.extraData] as Uint8Array,
    hash: headerHashes(fields)[0] as Hash,
    fields,
  };
}

function decode(rlp: Uint8Array): HeaderFields {
  if (rlp.length > MAX_HEADER_BYTES) throw malformed(`it has ${rlp.length} bytes, more than ${MAX_HEADER_BYTES}`);
  let item: RlpItem;
  try {
    item = decodeRlp(rlp);
  } catch (error) {
    if (error instanceof RlpError) throw malformed(error.message, error);
    throw error;
  }
  if (item instanceof Uint8Array || item.length < FIELDS.fewest || item.length > FIELDS.most) {
    throw malformed(`it is no list of ${FIELDS.fewest} to ${FIELDS.most} fields`);
  }
  return item.map((field) => {
    if (field instanceof Uint8Array) return field;
    throw malformed("a field is a list");
  });
}

function numberOf(bytes: Uint8Array, what: string): number {
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  if (bytes[0] === 0 || bytes.length > 7 || !Number.isSafeInteger(value))
    throw malformed(`its ${what} is no safe integer`);
  return value;
}

function hashOf(bytes: Uint8Array, what: string): Hash {
  if (bytes.length !== 32) throw malformed(`its ${what} has ${bytes.length} bytes, not 32`);
  return hexOf(bytes);
}

function malformed(why: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_FORMAT", `The header is malformed: ${why}`, { cause });
}
