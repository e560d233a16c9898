import { ChainDataError, UnavailableError } from "../errors.ts";
import { type Address, type Hash, type Hex, word } from "../hex.ts";
import type { ChainReader, Header, Log, LogFilter, Slot } from "./chain-reader.ts";
import type { Rpc, RpcCall } from "./rpc.ts";

/** Headers asked for in one batch; nodes refuse larger ones (Besu's default is 1024). */
const HEADERS_A_BATCH = 500;

/** Reads a chain through its Ethereum JSON-RPC interface. */
export function rpcReader(rpc: Rpc): ChainReader {
  return {
    async chainId() {
      return quantity(await one(["eth_chainId", []]), "eth_chainId");
    },
    async header(block) {
      const byHash = typeof block === "string" && block !== "latest";
      const method = byHash ? "eth_getBlockByHash" : "eth_getBlockByNumber";
      const answer = await one([method, [typeof block === "number" ? hexQuantity(block) : block, false]]);
      if (answer === null) return null;
      const header = parseHeader(answer);
      if (byHash && header.hash !== block) throw wrong("block", `hash ${header.hash}`, `hash ${block}`);
      if (typeof block === "number" && header.number !== block) {
        throw wrong("block", `number ${header.number}`, `number ${block}`);
      }
      return header;
    },
    async headers(numbers) {
      const headers: Header[] = [];
      for (let i = 0; i < numbers.length; i += HEADERS_A_BATCH) {
        const asked = numbers.slice(i, i + HEADERS_A_BATCH);
        const answers = await rpc(asked.map((number) => ["eth_getBlockByNumber", [hexQuantity(number), false]]));
        answers.forEach((answer, at) => {
          if (answer === null) throw new UnavailableError(`The chain has no block ${asked[at]} now`);
          const header = parseHeader(answer);
          if (header.number !== asked[at]) throw wrong("block", `number ${header.number}`, `number ${asked[at]}`);
          headers.push(header);
        });
      }
      return headers;
    },
    async logs(filter) {
      return parseLogs(await one(logsCall(filter)), filter);
    },
    async storage(slots, blockHash) {
      return (await rpc(slots.map((slot) => storageCall(slot, blockHash)))).map(parseWord);
    },
    async logsAndStorage(addresses, slots, blockHash) {
      const filter = { addresses, blockHash };
      const [logs, ...values] = await rpc([logsCall(filter), ...slots.map((slot) => storageCall(slot, blockHash))]);
      return { logs: parseLogs(logs, filter), values: values.map(parseWord) };
    },
    async code(address) {
      return hex(await one(["eth_getCode", [address, "latest"]]), "code");
    },
  };

  async function one(call: RpcCall): Promise<unknown> {
    const [result] = await rpc([call]);
    return result;
  }
}

function logsCall(filter: LogFilter): RpcCall {
  const where =
    "blockHash" in filter
      ? { blockHash: filter.blockHash }
      : { fromBlock: hexQuantity(filter.fromBlock), toBlock: hexQuantity(filter.toBlock) };
  const topics = filter.subject === undefined ? [] : [null, filter.subject];
  return ["eth_getLogs", [{ address: filter.addresses, topics, ...where }]];
}

function storageCall({ address, slot }: Slot, blockHash: Hash): RpcCall {
  return ["eth_getStorageAt", [address, slot, { blockHash }]];
}

function parseHeader(input: unknown): Header {
  const block = object(input, "block");
  return {
    number: quantity(block.number, "block number"),
    hash: hash(block.hash, "block hash"),
    parentHash: hash(block.parentHash, "parent hash"),
    time: quantity(block.timestamp, "timestamp"),
    logsBloom: hex(block.logsBloom, "logsBloom"),
  };
}

function parseLogs(input: unknown, filter: LogFilter): Log[] {
  // null is how some nodes say that they do not know the block: not an absence of logs.
  if (!Array.isArray(input)) throw new UnavailableError(`The chain answered eth_getLogs with ${show(input)}`);
  const logs = input.map((one) => parseLog(one, filter));
  logs.forEach((log, at) => {
    const before = logs[at - 1];
    if (before === undefined || before.blockNumber < log.blockNumber) return;
    if (before.blockNumber === log.blockNumber && before.logIndex < log.logIndex) return;
    throw wrong("logs", `log ${log.logIndex} of block ${log.blockNumber} twice or out of order`, "log order");
  });
  return logs;
}

/** @throws ChainDataError when it is no log, or none that was asked; UnavailableError for one that was removed. */
export function parseLog(input: unknown, filter: LogFilter): Log {
  const log = object(input, "log");
  if (log.removed === true) throw new UnavailableError("The chain answered eth_getLogs with a removed log");
  if (!Array.isArray(log.topics) || log.topics.length > 4) throw wrong("topics", log.topics, "at most four words");
  const address = lower(log.address, 40, "log address") as Address;
  if (!filter.addresses.includes(address)) throw wrong("log address", address, "one of the addresses asked");
  const blockNumber = quantity(log.blockNumber, "log's block number");
  const blockHash = hash(log.blockHash, "log's block hash");
  if ("blockHash" in filter) {
    if (blockHash !== filter.blockHash) throw wrong("log's block hash", blockHash, filter.blockHash);
  } else if (blockNumber < filter.fromBlock || blockNumber > filter.toBlock) {
    throw wrong("log's block", blockNumber, `a block from ${filter.fromBlock} to ${filter.toBlock}`);
  }
  return {
    address,
    topics: log.topics.map((topic) => hash(topic, "topic")),
    data: hex(log.data, "log data"),
    blockNumber,
    blockHash,
    transactionHash: hash(log.transactionHash, "transaction hash"),
    logIndex: quantity(log.logIndex, "log index"),
  };
}

function parseWord(input: unknown): Hash {
  const value = hex(input, "storage value", true);
  // No digit at all is not zero: some servers answer so when they don't have the state.
  if (value.length < 3 || value.length > 66) throw wrong("storage value", value, "1 to 64 hex digits");
  return word(value);
}

function object(input: unknown, what: string): Record<string, unknown> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) throw wrong(what, input, "an object");
  return input as Record<string, unknown>;
}

function quantity(input: unknown, what: string): number {
  const number = typeof input === "string" && /^0x[0-9a-fA-F]{1,16}$/.test(input) ? Number(input) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw wrong(what, input, "a quantity below 2^53 in hex");
  return number;
}

function hex(input: unknown, what: string, oddAllowed = false): Hex {
  if (typeof input !== "string" || !/^0x[0-9a-fA-F]*$/.test(input) || (!oddAllowed && input.length % 2 === 1)) {
    throw wrong(what, input, "bytes in hex");
  }
  return input.toLowerCase() as Hex;
}

function hash(input: unknown, what: string): Hash {
  return lower(input, 64, what);
}

function lower(input: unknown, digits: number, what: string): Hex {
  const value = hex(input, what);
  if (value.length !== 2 + digits) throw wrong(what, input, `0x and ${digits} hex digits`);
  return value;
}

function hexQuantity(number: number): string {
  return `0x${number.toString(16)}`;
}

function wrong(what: string, got: unknown, wanted: string): ChainDataError {
  return new ChainDataError(`The chain gave ${what} as ${show(got)}, wanted ${wanted}`);
}

function show(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 100);
}
