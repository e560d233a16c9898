import { ChainDataError, UnavailableError } from "../../errors.ts";
import { type Hash, toBytes } from "../../primitives/hex.ts";
import { encodeRlp, type RlpItem, rlpNumber } from "../../primitives/rlp.ts";
import type { CheckedHeader, Log } from "../chain-reader.ts";
import { hash, hex, lower, object, quantity, summarize, wrong } from "../rpc/rpc-values.ts";
import { orderedTrieRoot } from "./ordered-trie.ts";

/** A receipt's hashed part, and the transaction that it belongs to. */
interface Receipt {
  readonly transactionHash: Hash;
  readonly logs: readonly Pick<Log, "address" | "topics" | "data">[];
  /** The bytes in the tree of receipts. */
  readonly encoded: Uint8Array;
}

/**
 * The logs of a block, in log order, from all its receipts as JSON-RPC gives them.
 *
 * @throws ChainDataError unless the receipts hash to the root in the header; UnavailableError when one is missing.
 */
export function logsOfReceipts(input: unknown, { number, hash: blockHash, receiptsRoot }: CheckedHeader): Log[] {
  if (!Array.isArray(input)) throw new UnavailableError(`The chain answered for receipts with ${summarize(input)}`);
  const receipts = input.map(parseReceipt);
  const root = orderedTrieRoot(receipts.map(({ encoded }) => encoded));
  if (root !== receiptsRoot) {
    throw new ChainDataError(
      `The ${receipts.length} receipts of block ${number} hash to ${root}, its header has ${receiptsRoot}: ` +
        "the chain's server lost or changed one",
    );
  }
  let logIndex = 0;
  return receipts.flatMap(({ transactionHash, logs }) =>
    logs.map((log): Log => ({ ...log, blockNumber: number, blockHash, transactionHash, logIndex: logIndex++ })),
  );
}

function parseReceipt(input: unknown): Receipt {
  if (input === null) throw new UnavailableError("The chain has no receipt of a transaction in its block now");
  const receipt = object(input, "receipt");
  if (!Array.isArray(receipt.logs)) throw wrong("receipt's logs", receipt.logs, "a list");
  const logs = receipt.logs.map(parseLog);
  // Before Byzantium a receipt had the state root after its transaction in place of a status (EIP-658).
  const status =
    receipt.status === undefined ? toBytes(hash(receipt.root, "receipt's root")) : rlpQuantity(receipt.status);
  const fields: RlpItem = [
    status,
    rlpQuantity(receipt.cumulativeGasUsed),
    toBytes(lower(receipt.logsBloom, 512, "receipt's logsBloom")),
    logs.map(({ address, topics, data }) => [toBytes(address), topics.map(toBytes), toBytes(data)]),
  ];
  return {
    transactionHash: hash(receipt.transactionHash, "transaction hash"),
    logs,
    encoded: Uint8Array.of(...typePrefix(receipt.type), ...encodeRlp(fields)),
  };
}

/** EIP-2718: a typed receipt begins with its type, a legacy receipt has none. */
function typePrefix(input: unknown): readonly number[] {
  const type = input === undefined ? 0 : quantity(input, "receipt's type");
  if (type > 0x7f) throw wrong("receipt's type", type, "at most 0x7f");
  return type === 0 ? [] : [type];
}

function parseLog(input: unknown): Pick<Log, "address" | "topics" | "data"> {
  const log = object(input, "receipt's log");
  if (!Array.isArray(log.topics) || log.topics.length > 4) throw wrong("topics", log.topics, "at most four words");
  return {
    address: lower(log.address, 40, "log address"),
    topics: log.topics.map((topic) => hash(topic, "topic")),
    data: hex(log.data, "log data"),
  };
}

function rlpQuantity(input: unknown): Uint8Array {
  return rlpNumber(quantity(input, "receipt's number"));
}
