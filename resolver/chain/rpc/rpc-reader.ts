import { UnavailableError } from "../../errors.ts";
import { type Address, type Hash, type Hex, word } from "../../primitives/hex.ts";
import { hashesTo } from "../block/header-hash.ts";
import { EMPTY_ROOT } from "../block/ordered-trie.ts";
import { logsOfReceipts } from "../block/receipts.ts";
import type {
  CheckedHeader,
  ContractReader,
  Header,
  History,
  HistoryQuery,
  LogFilter,
  Slot,
  ViewCall,
} from "../chain-reader.ts";
import { newestAgain } from "./newest-again.ts";
import { type Rpc, type RpcCall, RpcError } from "./rpc.ts";
import { parseLogs } from "./rpc-logs.ts";
import { hash, hex, hexQuantity, object, quantity, wrong } from "./rpc-values.ts";

/** Most headers, slots or calls in one batch; servers refuse larger ones (Besu's default limit is 1024). */
const CALLS_A_BATCH = 500;

/** Most receipts in one batch: one receipt can hold many logs. */
const RECEIPTS_A_BATCH = 100;

/** A block by its number or its hash. */
type Block = number | Hash;

/** Reads a chain through its Ethereum JSON-RPC interface. */
export function rpcReader(server: Rpc): ContractReader {
  const rpc = newestAgain(server);
  return {
    async chainId() {
      return quantity(await one(["eth_chainId", []]), "eth_chainId");
    },
    async header(block) {
      const answer = await one(headerCall(block));
      if (answer === null) return null;
      const header = parseHeader(answer);
      if (block !== "latest") expectBlock(header, block);
      return header;
    },
    headers: (numbers) => headersWith(numbers, parseHeader),
    checkedHeaders: (blocks) => headersWith(blocks, parseCheckedHeader),
    async receiptLogs(header) {
      if (header.receiptsRoot === EMPTY_ROOT) return [];
      return logsOfReceipts(await receiptsOf(header), header);
    },
    async logs(filter) {
      return parseLogs(await one(logsCall(filter)), filter);
    },
    async storage(slots, blockHash) {
      const values: Hash[] = [];
      for (const asked of chunks(slots, CALLS_A_BATCH)) {
        values.push(...(await rpc(asked.map((slot) => storageCall(slot, blockHash)))).map(parseWord));
      }
      return values;
    },
    async logsAndStorage(addresses, slots, blockHash) {
      const filter = { addresses, blockHash };
      const [logs, ...values] = await rpc([logsCall(filter), ...slots.map((slot) => storageCall(slot, blockHash))]);
      return { logs: parseLogs(logs, filter), values: values.map(parseWord) };
    },
    history,
    async calls(calls, blockHash) {
      const answers: Hex[] = [];
      for (const asked of chunks(calls, CALLS_A_BATCH)) {
        answers.push(...(await rpc(asked.map((call) => viewCall(call, blockHash)))).map((one) => hex(one, "call")));
      }
      return answers;
    },
    async code(address) {
      return hex(await one(codeCall(address)), "code");
    },
    async codes(addresses) {
      return (await rpc(addresses.map(codeCall))).map((code) => hex(code, "code"));
    },
  };

  async function history({ registry, subject, headSlot, fromBlock, asOf }: HistoryQuery): Promise<History> {
    if (asOf !== undefined) {
      // `asOf` may be before the contract was deployed. Servers refuse a range whose end is before its start.
      const filter = {
        addresses: [registry],
        subject,
        fromBlock: Math.min(fromBlock, asOf.number),
        toBlock: asOf.number,
      };
      const slot = { address: registry, slot: headSlot };
      const [found, value] = await rpc([logsCall(filter), storageCall(slot, asOf.hash)]);
      const logs = parseLogs(found, filter);
      const numbers = [...new Set(logs.map(({ blockNumber }) => blockNumber))];
      return { newest: asOf, logs, headers: await headersWith(numbers, parseHeader), head: parseWord(value) };
    }
    const filter = { addresses: [registry], subject, fromBlock, toBlock: Number.MAX_SAFE_INTEGER };
    const [block, found] = await rpc([headerCall("latest"), logsCall(filter, "latest")]);
    if (block === null) throw new UnavailableError("The chain has no newest block");
    const newest = parseHeader(block);
    // New blocks may have arrived between the two calls.
    const logs = parseLogs(found, filter).filter(({ blockNumber }) => blockNumber <= newest.number);

    const numbers = [...new Set(logs.map(({ blockNumber }) => blockNumber))];
    const first = numbers.slice(0, CALLS_A_BATCH - 1);
    const [value, ...blocks] = await rpc([
      storageCall({ address: registry, slot: headSlot }, newest.hash),
      ...first.map(headerCall),
    ]);
    const more = await headersWith(numbers.slice(first.length), parseHeader);
    return { newest, logs, headers: [...headersOf(first, blocks, parseHeader), ...more], head: parseWord(value) };
  }

  async function headersWith<T extends Header>(blocks: readonly Block[], parse: (block: unknown) => T): Promise<T[]> {
    const headers: T[] = [];
    const batches = [...chunks(blocks, CALLS_A_BATCH)];
    let next: Promise<unknown[]> | undefined;
    for (const [at, asked] of batches.entries()) {
      const answers = await (next ?? rpc(asked.map(headerCall)));
      // The server prepares the next batch while this one is parsed. The empty handler keeps its failure from being an
      // unhandled rejection.
      next = batches[at + 1] && rpc((batches[at + 1] ?? []).map(headerCall));
      next?.catch(() => {});
      headers.push(...headersOf(asked, answers, parse));
    }
    return headers;
  }

  async function receiptsOf({ hash, transactions }: CheckedHeader): Promise<unknown> {
    try {
      return await one(["eth_getBlockReceipts", [hash]]);
    } catch (error) {
      // Not every server has the method, and the error for it differs between servers.
      if (!(error instanceof RpcError)) throw error;
    }
    const receipts: unknown[] = [];
    for (const asked of chunks(transactions, RECEIPTS_A_BATCH)) {
      receipts.push(...(await rpc(asked.map((transaction) => ["eth_getTransactionReceipt", [transaction]]))));
    }
    return receipts;
  }

  async function one(call: RpcCall): Promise<unknown> {
    const [result] = await rpc([call]);
    return result;
  }
}

function headerCall(block: Block | "latest"): RpcCall {
  const byHash = typeof block === "string" && block !== "latest";
  const method = byHash ? "eth_getBlockByHash" : "eth_getBlockByNumber";
  return [method, [typeof block === "number" ? hexQuantity(block) : block, false]];
}

function headersOf<T extends Header>(
  asked: readonly Block[],
  answers: readonly unknown[],
  parse: (block: unknown) => T,
): T[] {
  return asked.map((block, at) => {
    if (answers[at] === null) throw new UnavailableError(`The chain has no block ${block} now`);
    const header = parse(answers[at]);
    expectBlock(header, block);
    return header;
  });
}

function expectBlock(header: Header, block: Block): void {
  const [what, got] = typeof block === "number" ? ["number", header.number] : ["hash", header.hash];
  if (got !== block) throw wrong("block", `${what} ${got}`, `${what} ${block}`);
}

/** @param end replaces the end of the filter: some servers refuse a range that ends after their newest block. */
function logsCall(filter: LogFilter, end?: "latest"): RpcCall {
  const where =
    "blockHash" in filter
      ? { blockHash: filter.blockHash }
      : { fromBlock: hexQuantity(filter.fromBlock), toBlock: end ?? hexQuantity(filter.toBlock) };
  const topics: (Hash | readonly Hash[] | null)[] = filter.subject === undefined ? [] : [null, filter.subject];
  if (filter.events !== undefined) topics[0] = filter.events;
  return ["eth_getLogs", [{ address: filter.addresses, topics, ...where }]];
}

function storageCall({ address, slot }: Slot, blockHash: Hash): RpcCall {
  return ["eth_getStorageAt", [address, slot, { blockHash }]];
}

function viewCall(call: ViewCall, blockHash: Hash): RpcCall {
  return ["eth_call", [call, { blockHash }]];
}

function codeCall(address: Address): RpcCall {
  return ["eth_getCode", [address, "latest"]];
}

/** Checks that the header hashes to its block hash: a forged time, for example, would change which keys have expired. */
function parseHeader(input: unknown): Header {
  const block = object(input, "block");
  const header: Header = {
    number: quantity(block.number, "block number"),
    hash: hash(block.hash, "block hash"),
    parentHash: hash(block.parentHash, "parent hash"),
    time: quantity(block.timestamp, "timestamp"),
    logsBloom: hex(block.logsBloom, "logsBloom"),
  };
  if (!hashesTo(block, header.hash)) {
    throw wrong(`block ${header.number}`, "fields that do not hash to it", `those of ${header.hash}`);
  }
  return header;
}

function parseCheckedHeader(input: unknown): CheckedHeader {
  const header = parseHeader(input);
  const block = object(input, "block");
  if (!Array.isArray(block.transactions)) throw wrong("transactions", block.transactions, "a list of hashes");
  const transactions = block.transactions.map((transaction) => hash(transaction, "transaction hash"));
  return { ...header, receiptsRoot: hash(block.receiptsRoot, "receiptsRoot"), transactions };
}

function parseWord(input: unknown): Hash {
  const value = hex(input, "storage value", true);
  // `0x` does not mean zero: some servers answer it when they do not have the state.
  if (value.length < 3 || value.length > 66) throw wrong("storage value", value, "1 to 64 hex digits");
  return word(value);
}

function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
