import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { loadConfig } from "../../../node/config/config.ts";
import { startNode } from "../../../node/main.ts";
import { httpRpc, type Rpc, type RpcCall, rpcReader } from "../../../resolver/index.ts";
import { openFolder } from "../stage/folder.ts";
import type { BulkChain } from "./bulk.ts";

/** Milliseconds for one answer of the chain. */
const TIMEOUT_MS = 120_000;
/** What is asked, and answered, without an index; the rest of what a node asks is of its start. */
const ABOUT_EVENTS: readonly string[] = ["eth_getLogs", "eth_getBlockByNumber"];

/** What it took a node from its start until it served the chain's tip. */
interface Indexed {
  readonly ms: number;
  /** Of all threads of the process, LevelDB's included. */
  readonly processorMs: number;
  /** Which logs and headers it asked for, batch by batch. */
  readonly asked: RpcCall[][];
}

/** Starts a whole node. */
export async function indexByNode({ url, file, head, events }: BulkChain): Promise<Indexed> {
  await using folder = await openFolder();
  const asked: RpcCall[][] = [];
  const rpc = httpRpc({ url, timeout: TIMEOUT_MS });
  const recording: Rpc = (calls) => {
    if (calls.some(([method]) => ABOUT_EVENTS.includes(method))) asked.push([...calls]);
    return rpc(calls);
  };
  const config = loadConfig({
    MAPAE_NETWORK: file,
    MAPAE_RPC_URLS: url,
    MAPAE_DATA_DIR: folder.path,
    MAPAE_METRICS_PORT: "off",
  });
  const logger = pino({ level: "silent" });
  const from = performance.now();
  const before = process.cpuUsage();
  const node = await startNode({ ...config, httpPort: 0 }, { readers: [rpcReader(recording)], logger });
  try {
    while (node.report().digest?.block !== head) await delay(2);
    if (asked.length === 0) throw new Error(`${events} events without a question`);
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - from, processorMs: (user + system) / 1_000, asked };
  } finally {
    await node.stop();
  }
}
