import { UnavailableError } from "../../errors.ts";
import type { Address, Hash } from "../../primitives/hex.ts";
import type { Log, LogFilter, LogTopics } from "../chain-reader.ts";
import { hash, hex, lower, object, quantity, summarize, wrong } from "./rpc-values.ts";

/**
 * The answer to `eth_getLogs`: logs in order, each matching the filter.
 * @throws ChainDataError when they are not; UnavailableError for an answer that is no list, or that has a removed log.
 */
export function parseLogs(input: unknown, filter: LogFilter): Log[] {
  // Some servers answer null for a block that they do not have: it does not mean that there are no logs.
  if (!Array.isArray(input)) throw new UnavailableError(`The chain answered eth_getLogs with ${summarize(input)}`);
  const logs = input.map((one) => parseLog(one, filter));
  logs.forEach((log, at) => {
    const before = logs[at - 1];
    if (before === undefined || before.blockNumber < log.blockNumber) return;
    if (before.blockNumber === log.blockNumber && before.logIndex < log.logIndex) return;
    throw wrong("logs", `log ${log.logIndex} of block ${log.blockNumber} twice or out of order`, "log order");
  });
  return logs;
}

/** @throws ChainDataError when it is no log, or does not match the filter; UnavailableError for one that was removed. */
export function parseLog(input: unknown, filter: LogFilter): Log {
  const log = object(input, "log");
  if (log.removed === true) throw new UnavailableError("The chain answered eth_getLogs with a removed log");
  if (!Array.isArray(log.topics) || log.topics.length > 4) throw wrong("topics", log.topics, "at most four words");
  const address = lower(log.address, 40, "log address") as Address;
  if (!filter.addresses.includes(address)) throw wrong("log address", address, "one of the addresses asked");
  const topics = log.topics.map((topic) => hash(topic, "topic"));
  expectTopics(topics, filter);
  const blockNumber = quantity(log.blockNumber, "log's block number");
  const blockHash = hash(log.blockHash, "log's block hash");
  if ("blockHash" in filter) {
    if (blockHash !== filter.blockHash) throw wrong("log's block hash", blockHash, filter.blockHash);
  } else if (blockNumber < filter.fromBlock || blockNumber > filter.toBlock) {
    throw wrong("log's block", blockNumber, `a block from ${filter.fromBlock} to ${filter.toBlock}`);
  }
  return {
    address,
    topics,
    data: hex(log.data, "log data"),
    blockNumber,
    blockHash,
    transactionHash: hash(log.transactionHash, "transaction hash"),
    logIndex: quantity(log.logIndex, "log index"),
  };
}

function expectTopics([event, subject]: readonly Hash[], filter: LogTopics): void {
  if (filter.events !== undefined && !(event !== undefined && filter.events.includes(event))) {
    throw wrong("topic 0", event, "one of the events asked");
  }
  if (filter.subject !== undefined && subject !== filter.subject) throw wrong("topic 1", subject, filter.subject);
}
