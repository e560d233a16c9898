import { HEADER_FIELD, headerFields, headerHashes } from "../../resolver/chain/block/header-hash.ts";
import { EMPTY_ROOT } from "../../resolver/chain/block/ordered-trie.ts";
import { type Hash, type Hex, toBytes, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { rlpNumber } from "../../resolver/primitives/rlp.ts";

/** The fields of a block's header that a simulated chain chooses. */
export interface Sealed {
  readonly number: number;
  readonly parentHash: Hash;
  readonly time: number;
  readonly logsBloom: Hex;
  /** Distinguishes blocks that are otherwise equal. */
  readonly mixHash?: Hash;
}

const FIXED = {
  sha3Uncles: ZERO_HASH,
  miner: `0x${"00".repeat(20)}`,
  stateRoot: ZERO_HASH,
  transactionsRoot: EMPTY_ROOT,
  receiptsRoot: EMPTY_ROOT,
  difficulty: "0x1",
  gasLimit: "0x0",
  gasUsed: "0x0",
  extraData: "0x",
  nonce: "0x0000000000000000",
  baseFeePerGas: "0x0",
} as const;

const NO_BLOOM: Hex = `0x${"00".repeat(256)}`;
const CHOSEN = { parentHash: ZERO_HASH, logsBloom: NO_BLOOM, number: "0x0", timestamp: "0x0", mixHash: ZERO_HASH };
/** Most blocks differ in four fields only: the others are read once. */
const BLANK = headerFields({ ...FIXED, ...CHOSEN }) ?? [];
const [LOGS_BLOOM, MIX_HASH] = [6, 13];

/** A JSON-RPC block with all members of a London header and their hash. */
export function sealedBlock({ number, parentHash, time, logsBloom, mixHash = ZERO_HASH }: Sealed) {
  const chosen = { parentHash, logsBloom, number: quantity(number), timestamp: quantity(time), mixHash };
  const fields = [...BLANK];
  fields[HEADER_FIELD.parentHash] = toBytes(parentHash);
  if (logsBloom !== NO_BLOOM) fields[LOGS_BLOOM] = toBytes(logsBloom);
  fields[HEADER_FIELD.number] = rlpNumber(number);
  fields[HEADER_FIELD.timestamp] = rlpNumber(time);
  fields[MIX_HASH] = toBytes(mixHash);
  const [hash] = headerHashes(fields);
  if (hash === undefined) throw new Error("a member of the header is missing");
  return { ...FIXED, ...chosen, transactions: [], hash };
}

function quantity(number: number): string {
  return `0x${number.toString(16)}`;
}
