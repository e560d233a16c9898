import { hash } from "node:crypto";
import { Level } from "level";
import type { RpcCall } from "../../../resolver/index.ts";
import { openFolder } from "../stage/folder.ts";
import type { BulkChain } from "./bulk.ts";

/** Cost of indexing all events of a chain. */
export interface Cost {
  readonly ms: number;
  /** Processor time of all threads of the process, including LevelDB's. */
  readonly processorMs: number;
}

/** Milliseconds of requesting the same logs over HTTP and parsing them as JSON. */
export async function readRaw({ url, events }: BulkChain, asked: readonly RpcCall[][]): Promise<number> {
  const from = performance.now();
  let logs = 0;
  for (const calls of asked) {
    if (calls[0]?.[0] === "eth_getLogs") logs += (await post<unknown[]>(url, calls))[0]?.length ?? 0;
  }
  const ms = performance.now() - from;
  if (logs < events) throw new Error(`read ${logs} logs of ${events}`);
  return ms;
}

interface RawLog {
  readonly topics: readonly string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly logIndex: string;
}

/**
 * The cost of the work that every index of events with roots needs: requesting the same answers over HTTP, headers
 * included, and parsing them as JSON; four hashes per log; writing each log and a key from its subject to it to LevelDB,
 * with the last batch synced.
 */
export async function indexBarely({ url, events }: BulkChain, asked: readonly RpcCall[][]): Promise<Cost> {
  await using folder = await openFolder();
  const from = performance.now();
  const before = process.cpuUsage();
  const database = new Level<Buffer, Buffer>(folder.path, { keyEncoding: "buffer", valueEncoding: "buffer" });
  await database.open();
  const word = Buffer.alloc(32);
  let [head, root, found] = [word, word, 0];
  for (const calls of asked) {
    const answers = await post<RawLog[]>(url, calls);
    if (calls[0]?.[0] !== "eth_getLogs") continue;
    const batch = database.batch();
    for (const log of answers[0] ?? []) {
      const topics = bytesOf(...log.topics);
      const data = bytesOf(log.data);
      head = keccak(Buffer.concat([head, word, word, keccak(topics), keccak(data)]));
      root = keccak(Buffer.concat([root, head]));
      const place = Buffer.alloc(16);
      place.writeBigUInt64BE(BigInt(log.blockNumber));
      place.writeBigUInt64BE(BigInt(log.logIndex), 8);
      batch.put(place, Buffer.concat([bytesOf(log.blockHash, log.transactionHash), topics, data]));
      batch.put(Buffer.concat([topics.subarray(44), place]), Buffer.alloc(0));
      found++;
    }
    await batch.write({ sync: found >= events } as object);
  }
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(before);
  await database.close();
  if (found < events) throw new Error(`read ${found} logs of ${events}, up to root ${root.toString("hex")}`);
  return { ms, processorMs: (user + system) / 1_000 };
}

function keccak(bytes: Buffer): Buffer<ArrayBuffer> {
  return hash("keccak-256", bytes, "buffer") as Buffer<ArrayBuffer>;
}

function bytesOf(...hex: readonly string[]): Buffer {
  return Buffer.from(hex.map((one) => one.slice(2)).join(""), "hex");
}

/** The results of a batch of calls, in any order. */
async function post<T>(url: string, calls: readonly RpcCall[]): Promise<T[]> {
  const requests = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
  const body = JSON.stringify(requests.length === 1 ? requests[0] : requests);
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const read = JSON.parse(await answer.text()) as { result: T } | { result: T }[];
  return (Array.isArray(read) ? read : [read]).map(({ result }) => result);
}
