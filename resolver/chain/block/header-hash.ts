import { type Hash, type Hex, toBytes } from "../../primitives/hex.ts";
import { keccak256Bytes } from "../../primitives/keccak.ts";
import { encodeRlp } from "../../primitives/rlp.ts";
import { readQbftExtraData } from "./qbft-extra-data.ts";

type Field = readonly [name: string, form: "bytes" | "quantity"];

/** The members of a JSON-RPC block that are hashed, in order (Yellow Paper, section 4.4). */
const FIELDS: readonly Field[] = [
  ["parentHash", "bytes"],
  ["sha3Uncles", "bytes"],
  ["miner", "bytes"],
  ["stateRoot", "bytes"],
  ["transactionsRoot", "bytes"],
  ["receiptsRoot", "bytes"],
  ["logsBloom", "bytes"],
  ["difficulty", "quantity"],
  ["number", "quantity"],
  ["gasLimit", "quantity"],
  ["gasUsed", "quantity"],
  ["timestamp", "quantity"],
  ["extraData", "bytes"],
  ["mixHash", "bytes"],
  ["nonce", "bytes"],
];

/** Those that forks appended, in order: a chain has the first few of them, or none. */
const FORK_FIELDS: readonly Field[] = [
  ["baseFeePerGas", "quantity"], // London, EIP-1559
  ["withdrawalsRoot", "bytes"], // Shanghai, EIP-4895
  ["blobGasUsed", "quantity"], // Cancun, EIP-4844
  ["excessBlobGas", "quantity"],
  ["parentBeaconBlockRoot", "bytes"], // EIP-4788
  ["requestsHash", "bytes"], // Prague, EIP-7685
];

const EVERY_FIELD: readonly Field[] = [...FIELDS, ...FORK_FIELDS];

const HEX = /^0x[0-9a-fA-F]*$/;

/** Positions of the header fields that are read. */
export const HEADER_FIELD = { parentHash: 0, stateRoot: 3, number: 8, timestamp: 11, extraData: 12 } as const;

/** The fields of a header, each as the bytes of its RLP item. */
export type HeaderFields = readonly Uint8Array[];

/**
 * The fields of a header, from a block as JSON-RPC gives it.
 * @returns `undefined` when one is missing or not hex.
 */
export function headerFields(block: Readonly<Record<string, unknown>>): HeaderFields | undefined {
  const fields: Uint8Array[] = [];
  for (const [at, [name, form]] of EVERY_FIELD.entries()) {
    const value = block[name];
    if (at >= FIELDS.length && (value === undefined || value === null)) continue;
    if (typeof value !== "string" || !HEX.test(value)) return undefined;
    if (form === "bytes" && value.length % 2 === 1) return undefined;
    fields.push(toBytes(form === "quantity" ? significant(value) : (value as Hex)));
  }
  return fields;
}

/**
 * The hashes that a header can have: that of its fields as they are, and for a QBFT header that of its fields without seals and
 * with round 0, because each node has its own seals of a block.
 */
export function headerHashes(fields: HeaderFields): Hash[] {
  return hashedForms(fields).map(hashOf);
}

function hashedForms(fields: HeaderFields): HeaderFields[] {
  const extraData = readQbftExtraData(fields[HEADER_FIELD.extraData] as Uint8Array);
  return extraData === undefined ? [fields] : [fields.with(HEADER_FIELD.extraData, extraData.hashed), fields];
}

function hashOf(fields: HeaderFields): Hash {
  return keccak256Bytes(encodeRlp(fields));
}

/**
 * Whether the members of a block, as JSON-RPC gives it, hash to a block hash: they are then those of the header that the
 * validators sealed.
 */
export function hashesTo(block: Readonly<Record<string, unknown>>, hash: Hash): boolean {
  const fields = headerFields(block);
  return fields !== undefined && hashedForms(fields).some((form) => hashOf(form) === hash);
}

/** A quantity without leading zeros, as whole bytes. */
function significant(quantity: string): Hex {
  const digits = quantity.slice(2).replace(/^0+/, "");
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}
