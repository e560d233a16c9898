import { decodeRlp, encodeRlp, isHexString, type RlpStructuredData, stripZerosLeft } from "ethers/utils";
import type { Hash, Hex } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";

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

const EXTRA_DATA = FIELDS.findIndex(([name]) => name === "extraData");

/**
 * Whether the members of a block, as JSON-RPC gives it, hash to a block hash: they are then those of the header that the
 * validators sealed.
 */
export function hashesTo(block: Readonly<Record<string, unknown>>, hash: Hash): boolean {
  const present = FORK_FIELDS.filter(([name]) => block[name] !== undefined && block[name] !== null);
  const fields: RlpStructuredData[] = [];
  for (const [name, form] of [...FIELDS, ...present]) {
    const value = block[name];
    if (typeof value !== "string" || !isHexString(value)) return false;
    if (form === "bytes" && value.length % 2 === 1) return false;
    fields.push(form === "quantity" ? stripZerosLeft(even(value)) : value);
  }
  const unsealed = withoutSeals(fields[EXTRA_DATA] as string);
  const forms = unsealed === undefined ? [fields] : [fields.with(EXTRA_DATA, unsealed), fields];
  return forms.some((form) => keccak256(encodeRlp(form) as Hex) === hash);
}

/**
 * QBFT's extraData is RLP of [vanity, validators, vote, round, seals]. The round and the seals are not part of what is
 * hashed: each node has its own of a block.
 */
function withoutSeals(extraData: string): string | undefined {
  let parts: RlpStructuredData;
  try {
    parts = decodeRlp(extraData) as RlpStructuredData;
  } catch {
    // Clique's and others' are no RLP.
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 5) return undefined;
  const [vanity, validators, vote] = parts;
  return encodeRlp([vanity, validators, vote, "0x", []] as RlpStructuredData);
}

function even(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0x0${hex.slice(2)}`;
}
