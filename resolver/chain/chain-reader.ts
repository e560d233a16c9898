import type { Address, Hash, Hex } from "../primitives/hex.ts";

/** What the library and the node read of a block's header. Every number is a safe integer; `time` is in Unix seconds. */
export interface Header {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly time: number;
  readonly logsBloom: Hex;
}

/** A header that hashes to its block hash: its bloom and its root of the receipts are what the validators sealed. */
export interface CheckedHeader extends Header {
  readonly receiptsRoot: Hash;
  /** The hashes of its transactions, as the chain's server says. */
  readonly transactions: readonly Hash[];
}

/** A log as the chain holds it, checked for format only. */
export interface Log {
  readonly address: Address;
  readonly topics: readonly Hash[];
  readonly data: Hex;
  readonly blockNumber: number;
  readonly blockHash: Hash;
  readonly transactionHash: Hash;
  readonly logIndex: number;
}

/** Whose logs, and of what. */
export interface LogTopics {
  readonly addresses: readonly Address[];
  /** Topic 0 of the logs, if it matters: one of these events. */
  readonly events?: readonly Hash[];
  /** Topic 1 of the logs, if it matters: the subject. */
  readonly subject?: Hash;
}

/** Which logs: those of one block by its hash, so that no two forks mix, or of a range of blocks, both ends included. */
export type LogFilter = LogTopics &
  ({ readonly blockHash: Hash } | { readonly fromBlock: number; readonly toBlock: number });

/** A storage slot of a contract. */
export interface Slot {
  readonly address: Address;
  readonly slot: Hash;
}

/** Whose history: a subject of a registry, as topic 1 of its logs, and the slot of the registry that holds its head. */
export interface HistoryQuery {
  readonly registry: Address;
  readonly subject: Hash;
  readonly headSlot: Hash;
  /** The first block that may have a log of it. */
  readonly fromBlock: number;
  /** The block whose knowledge is wanted; the newest unless given. */
  readonly asOf?: Header;
}

/** A call of a view of a contract. */
export interface ViewCall {
  readonly to: Address;
  readonly data: Hex;
}

/** What a chain tells of one subject as of a block; nothing of it is compared with the head yet. */
export interface History {
  readonly newest: Header;
  /** In log order, up to that block. */
  readonly logs: Log[];
  /** Those of the blocks that the logs are in, for their times. */
  readonly headers: Header[];
  /** What the registry holds as the subject's head, read at the newest block's hash. */
  readonly head: Hash;
}

/**
 * All that Mapae ever asks of a chain. Every method throws `UnavailableError` when it could not ask or the answer is
 * an error, and `ChainDataError` when the answer breaks the format; an empty answer is one that the chain gave.
 */
export interface ChainReader {
  /** The id by which transactions name the chain (EIP-155). */
  chainId(): Promise<number>;
  /** @returns `null` when the chain answered that it has no such block (yet, or any more). */
  header(block: "latest" | number | Hash): Promise<Header | null>;
  /** Headers by number, in one request; in the order asked. Throws `UnavailableError` if one is missing. */
  headers(numbers: readonly number[]): Promise<Header[]>;
  /**
   * Headers by number or hash; in the order asked. Throws `UnavailableError` if one is missing, `ChainDataError` if one does
   * not hash to its block hash.
   */
  checkedHeaders(blocks: readonly (number | Hash)[]): Promise<CheckedHeader[]>;
  /**
   * All logs of a block, of whatever contract, from its receipts. Throws `ChainDataError` unless these hash to the root in
   * its header, so that no log of them is missing or forged. Their transaction hashes alone are not covered.
   */
  receiptLogs(header: CheckedHeader): Promise<Log[]>;
  /** In log order: by block number, then log index. */
  logs(filter: LogFilter): Promise<Log[]>;
  /** The slots' values at one block. */
  storage(slots: readonly Slot[], blockHash: Hash): Promise<Hash[]>;
  /**
   * The logs of one block and slots' values at it, in one request.
   * An unknown hash throws `UnavailableError`: take the head again.
   */
  logsAndStorage(
    addresses: readonly Address[],
    slots: readonly Slot[],
    blockHash: Hash,
  ): Promise<{ logs: Log[]; values: Hash[] }>;
  /**
   * A subject's whole history as of a block, in two requests. Throws where the server does not give the logs of all blocks at
   * once. From 500 blocks with a log of it on, each 500 more take one more.
   */
  history(query: HistoryQuery): Promise<History>;
  /** A contract's code at the newest block; `0x` when there is none. */
  code(address: Address): Promise<Hex>;
}

/** A reader that also asks contracts. Only what verifies needs it: a node follows events alone. */
export interface ContractReader extends ChainReader {
  /** The answers of views, all of them as of one block; `0x` where no contract is. Throws as {@link ChainReader} does. */
  calls(calls: readonly ViewCall[], blockHash: Hash): Promise<Hex[]>;
}
