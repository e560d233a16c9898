import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Interface, JsonRpcProvider } from "ethers";
import { Level } from "level";
import { pino } from "pino";
import { loadConfig } from "../../../node/config/config.ts";
import { registryAddresses } from "../../../node/index/roots.ts";
import { startNode } from "../../../node/main.ts";
import { didRegistryAbi } from "../../../resolver/abi.ts";
import { httpRpc, type Rpc, type RpcCall, rpcReader } from "../../../resolver/index.ts";
import { type BulkChain, type Shape, startBulkChain } from "./bulk.ts";
import type { Row } from "../measuring/row.ts";
import { compareTimed, median } from "../measuring/timing.ts";

/** Milliseconds for one answer of the chain. */
const TIMEOUT_MS = 120_000;
/** What is asked, and answered, without an index; the rest of what a node asks is of its start. */
const ABOUT_EVENTS: readonly string[] = ["eth_getLogs", "eth_getBlockByNumber"];
/** Blocks that the naive peer asks for at once. */
const NAIVE_RANGE = 50;

const FULL: Shape = { dids: 33_334, didsABlock: 32, what: "created" };
const SPARSE: Shape = { dids: 5_000, didsABlock: 1, what: "changed" };

/**
 * A node that starts on an empty data directory and follows a chain to its head, everything checked and durable, against
 * what such an index costs at least, and against ethers and LevelDB as one would write it first.
 */
export async function indexRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const shape of [FULL, SPARSE]) {
    const chain = await startBulkChain(shape);
    try {
      rows.push(...(await rowsOf(chain, shape)));
    } finally {
      await chain.close();
    }
  }
  return rows;
}

async function rowsOf(chain: BulkChain, { didsABlock }: Shape): Promise<Row[]> {
  const aBlock = Math.round((didsABlock * chain.events) / chain.dids);
  const one = {
    topic: `index: ${chain.events.toLocaleString("en")} events`,
    size: `${aBlock} a block`,
    unit: "us" as const,
  };
  const perEvent = ({ ours, theirs }: { ours: number; theirs: number }) => ({
    ours: (1_000 * ours) / chain.events,
    theirs: (1_000 * theirs) / chain.events,
  });
  const { asked } = await index(chain);
  const ours = async () => (await index(chain)).ms;
  const rawTimes: number[] = [];
  const theirs = async () => {
    rawTimes.push(await readRaw(chain, asked));
    return indexBarely(chain, asked);
  };
  const floor = await compareTimed({ ours, theirs, rounds: 5 });
  const us = ((1_000 * median(rawTimes)) / chain.events).toFixed(1);
  process.stderr.write(`  ${one.topic}, ${one.size}: eth_getLogs and JSON.parse alone ${us} us\n`);
  const row = { ...one, peer: "same answers parsed, hashed, in LevelDB", ...perEvent(floor), goal: 1 / 0.6 };
  if (aBlock === 1) return [row];
  const naive = await compareTimed({ ours, theirs: () => indexNaively(chain), rounds: 3 });
  return [row, { ...one, peer: "ethers: getLogs, parseLog; LevelDB batches", ...perEvent(naive), goal: 1 / 10 }];
}

/** Starts a whole node; how long it took until it served the chain's tip, and which logs and headers it asked for, batch by batch. */
async function index({ url, file, head, events }: BulkChain): Promise<{ ms: number; asked: RpcCall[][] }> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const asked: RpcCall[][] = [];
  const rpc = httpRpc({ url, timeout: TIMEOUT_MS });
  const recording: Rpc = (calls) => {
    if (calls.some(([method]) => ABOUT_EVENTS.includes(method))) asked.push([...calls]);
    return rpc(calls);
  };
  const config = loadConfig({
    MAPAE_NETWORK: file,
    MAPAE_RPC_URLS: url,
    MAPAE_DATA_DIR: folder,
    MAPAE_METRICS_PORT: "off",
  });
  const logger = pino({ level: "silent" });
  const from = performance.now();
  const node = await startNode({ ...config, httpPort: 0 }, { readers: [rpcReader(recording)], logger });
  try {
    while (node.report().digest?.block !== head) await delay(2);
    if (asked.length === 0) throw new Error(`${events} events without a question`);
    return { ms: performance.now() - from, asked };
  } finally {
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same logs over the same HTTP, parsed as JSON and dropped. */
async function readRaw({ url, events }: BulkChain, asked: readonly RpcCall[][]): Promise<number> {
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
 * What nobody can do without who keeps events and compares them with a chain's roots: the same answers over the same HTTP, headers
 * included, parsed as JSON; of each log four hashes; each log's bytes and its subject's way to it in LevelDB, the last batch synced.
 */
async function indexBarely({ url, events }: BulkChain, asked: readonly RpcCall[][]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const from = performance.now();
  const database = new Level<Buffer, Buffer>(folder, { keyEncoding: "buffer", valueEncoding: "buffer" });
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
  await database.close();
  await rm(folder, { recursive: true, force: true });
  if (found < events) throw new Error(`read ${found} logs of ${events}, up to root ${root.toString("hex")}`);
  return ms;
}

function keccak(bytes: Buffer): Buffer<ArrayBuffer> {
  return hash("keccak-256", bytes, "buffer") as Buffer<ArrayBuffer>;
}

function bytesOf(...hex: readonly string[]): Buffer {
  return Buffer.from(hex.map((one) => one.slice(2)).join(""), "hex");
}

/** The results of a batch of calls, in no order. */
async function post<T>(url: string, calls: readonly RpcCall[]): Promise<T[]> {
  const requests = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
  const body = JSON.stringify(requests.length === 1 ? requests[0] : requests);
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const read = JSON.parse(await answer.text()) as { result: T } | { result: T }[];
  return (Array.isArray(read) ? read : [read]).map(({ result }) => result);
}

/** An indexer as one writes it first: no heads, no roots, no states, an event a key. */
async function indexNaively({ url, descriptor, head, events }: BulkChain): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const from = performance.now();
  const provider = new JsonRpcProvider(url, descriptor.chainId, { staticNetwork: true });
  const registry = new Interface(didRegistryAbi);
  const address = registryAddresses(descriptor);
  const database = new Level<string, string>(folder);
  let found = 0;
  for (let fromBlock = 0; fromBlock <= head; fromBlock += NAIVE_RANGE) {
    const logs = await provider.getLogs({ address, fromBlock, toBlock: Math.min(head, fromBlock + NAIVE_RANGE - 1) });
    const parsed = logs.map((log) => ({ log, event: registry.parseLog(log) })).filter(({ event }) => event !== null);
    found += parsed.length;
    await database.batch(
      parsed.map(({ log, event }) => ({
        type: "put",
        key: `${log.blockNumber}:${log.index}`,
        value: JSON.stringify({ name: event?.name, args: event?.args.map(String) }),
      })),
    );
  }
  const ms = performance.now() - from;
  await database.close();
  provider.destroy();
  await rm(folder, { recursive: true, force: true });
  if (found !== events) throw new Error(`parsed ${found} events of ${events}`);
  return ms;
}
