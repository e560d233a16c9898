import { headerFields, headerHashes } from "../../resolver/chain/block/header-hash.ts";
import { EMPTY_ROOT } from "../../resolver/chain/block/ordered-trie.ts";
import { type Hash, type Hex, ZERO_HASH } from "../../resolver/primitives/hex.ts";

/** The fields of a block's header that a simulated chain chooses. */
export interface Sealed {
  readonly number: number;
  readonly parentHash: Hash;
  readonly time: number;
  readonly logsBloom: Hex;
  /** Distinguishes blocks that are otherwise equal. */
  readonly mixHash?: Hash;
}

/** A JSON-RPC block with all members of a London header and their hash. */
export function sealedBlock({ number, parentHash, time, logsBloom, mixHash = ZERO_HASH }: Sealed) {
  const block = {
    parentHash,
    sha3Uncles: ZERO_HASH,
    miner: `0x${"00".repeat(20)}`,
    stateRoot: ZERO_HASH,
    transactionsRoot: EMPTY_ROOT,
    receiptsRoot: EMPTY_ROOT,
    logsBloom,
    difficulty: "0x1",
    number: quantity(number),
    gasLimit: "0x0",
    gasUsed: "0x0",
    timestamp: quantity(time),
    extraData: "0x",
    mixHash,
    nonce: "0x0000000000000000",
    baseFeePerGas: "0x0",
    transactions: [],
  };
  const fields = headerFields(block);
  const [hash] = fields === undefined ? [] : headerHashes(fields);
  if (hash === undefined) throw new Error("a member of the header is missing");
  return { ...block, hash };
}

function quantity(number: number): string {
  return `0x${number.toString(16)}`;
}
