import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Interface, JsonRpcProvider } from "ethers";
import { Level } from "level";
import { pino } from "pino";
import { loadConfig } from "../../node/config/config.ts";
import { registryAddresses } from "../../node/index/roots.ts";
import { startNode } from "../../node/main.ts";
import { didRegistryAbi } from "../../resolver/abi.ts";
import { httpRpc, type Rpc, type RpcCall, rpcReader } from "../../resolver/index.ts";
import { type BulkChain, type Shape, startBulkChain } from "./bulk.ts";
import type { Row } from "./row.ts";
import { compareTimed } from "./timing.ts";

/** Milliseconds for one answer of the chain. */
const TIMEOUT_MS = 120_000;
/** Blocks that the naive peer asks for at once. */
const NAIVE_RANGE = 50;

const FULL: Shape = { dids: 33_334, didsABlock: 32, what: "created" };
const SPARSE: Shape = { dids: 5_000, didsABlock: 1, what: "changed" };

/**
 * A node that starts on an empty data directory and follows a chain to its head, everything checked and durable, against
 * what reading the same logs costs at least, and against ethers and LevelDB as one would write it first.
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
  const raw = await compareTimed({ ours, theirs: () => readRaw(chain, asked), rounds: 5 });
  const row = { ...one, peer: "eth_getLogs and JSON.parse, same ranges", ...perEvent(raw), goal: 1 / 0.6 };
  if (aBlock === 1) return [row];
  const naive = await compareTimed({ ours, theirs: () => indexNaively(chain), rounds: 3 });
  return [row, { ...one, peer: "ethers: getLogs, parseLog; LevelDB batches", ...perEvent(naive), goal: 1 / 10 }];
}

/** Starts a whole node; how long it took until it served the chain's tip, and which logs it asked for. */
async function index({ url, file, head, events }: BulkChain): Promise<{ ms: number; asked: RpcCall[] }> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const asked: RpcCall[] = [];
  const rpc = httpRpc({ url, timeout: TIMEOUT_MS });
  const recording: Rpc = (calls) => {
    asked.push(...calls.filter(([method]) => method === "eth_getLogs"));
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

/** What nobody can do without: the same logs over the same HTTP, parsed as JSON and dropped. */
async function readRaw({ url, events }: BulkChain, asked: readonly RpcCall[]): Promise<number> {
  const from = performance.now();
  let logs = 0;
  for (const [method, params] of asked) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 0, method, params });
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
    logs += (JSON.parse(await answer.text()) as { result: unknown[] }).result.length;
  }
  const ms = performance.now() - from;
  if (logs < events) throw new Error(`read ${logs} logs of ${events}`);
  return ms;
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
