import type { Address, Hash, Hex } from "../primitives/hex.ts";

/**
 * The fields of a block header that the library and the node use. Every number is a safe integer; `time` is in Unix seconds.
 */
export interface Header {
  readonly number: number;
  readonly hash: Hash;
  readonly parentHash: Hash;
  readonly time: number;
  readonly logsBloom: Hex;
}

/** A header that hashes to its block hash, so that its bloom and receipts root are those that the validators sealed. */
export interface CheckedHeader extends Header {
  readonly receiptsRoot: Hash;
  /** The hashes of its transactions as the chain's server gave them, not verified. */
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

/** The contracts that emitted the logs, and the topics of the logs. */
export interface LogTopics {
  readonly addresses: readonly Address[];
  /** Topic 0 is one of these events; any unless given. */
  readonly events?: readonly Hash[];
  /** Topic 1 is this subject; any unless given. */
  readonly subject?: Hash;
}

/** The logs of one block by its hash, so that forks do not mix, or of a range of blocks, both ends included. */
export type LogFilter = LogTopics &
  ({ readonly blockHash: Hash } | { readonly fromBlock: number; readonly toBlock: number });

/** A storage slot of a contract. */
export interface Slot {
  readonly address: Address;
  readonly slot: Hash;
}

/**
 * Whose history is wanted: a subject of a registry as topic 1 of its logs, and the slot of the registry that holds its head.
 */
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

/** What a chain gave for one subject as of a block, not yet compared with the head. */
export interface History {
  readonly newest: Header;
  /** In log order, up to that block. */
  readonly logs: Log[];
  /** The headers of the blocks of the logs, for their times. */
  readonly headers: Header[];
  /** What the registry holds as the subject's head, read at the newest block's hash. */
  readonly head: Hash;
}

/**
 * All requests that Mapae sends to a chain. Every method throws `UnavailableError` when the request failed or the answer is an
 * error, and `ChainDataError` when the answer breaks the format. An empty result always means that the chain answered so.
 */
export interface ChainReader {
  /** The id by which transactions name the chain (EIP-155). */
  chainId(): Promise<number>;
  /** @returns `null` when the chain answered that it has no such block (not yet, or no longer). */
  header(block: "latest" | number | Hash): Promise<Header | null>;
  /** Headers by number, in one request; in the order asked. Throws `UnavailableError` if one is missing. */
  headers(numbers: readonly number[]): Promise<Header[]>;
  /**
   * Headers by number or hash; in the order asked. Throws `UnavailableError` if one is missing, `ChainDataError` if one does
   * not hash to its block hash.
   */
  checkedHeaders(blocks: readonly (number | Hash)[]): Promise<CheckedHeader[]>;
  /**
   * All logs of a block, of every contract, from its receipts. Throws `ChainDataError` unless the receipts hash to the root in
   * its header, so that no log is missing or forged. Only the transaction hashes of the logs are not covered by it.
   */
  receiptLogs(header: CheckedHeader): Promise<Log[]>;
  /** In log order: by block number, then log index. */
  logs(filter: LogFilter): Promise<Log[]>;
  /** The slots' values at one block. */
  storage(slots: readonly Slot[], blockHash: Hash): Promise<Hash[]>;
  /**
   * The logs of one block and slots' values at it, in one request. An unknown hash throws `UnavailableError`: read the newest
   * block again.
   */
  logsAndStorage(
    addresses: readonly Address[],
    slots: readonly Slot[],
    blockHash: Hash,
  ): Promise<{ logs: Log[]; values: Hash[] }>;
  /**
   * A subject's whole history as of a block, in two requests, and one more for each 500 blocks with a log of the subject beyond
   * the first. Throws where the server refuses the logs of all blocks in one request.
   */
  history(query: HistoryQuery): Promise<History>;
  /** A contract's code at the newest block; `0x` when there is none. */
  code(address: Address): Promise<Hex>;
  /** The same of several contracts, in one request; in the order asked. */
  codes(addresses: readonly Address[]): Promise<Hex[]>;
}

/** A reader that also calls contracts. Only verifiers need it: a node reads events alone. */
export interface ContractReader extends ChainReader {
  /** The results of views, all as of one block; `0x` where there is no contract. Throws as {@link ChainReader} does. */
  calls(calls: readonly ViewCall[], blockHash: Hash): Promise<Hex[]>;
}
