import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { loadConfig } from "../../../node/config/config.ts";
import { startNode } from "../../../node/main.ts";
import { httpRpc, type Rpc, type RpcCall, rpcReader } from "../../../resolver/index.ts";
import { openFolder } from "../stage/folder.ts";
import type { Cost } from "./bare.ts";
import type { BulkChain } from "./bulk.ts";

/** Timeout of one request to the chain, in milliseconds. */
const TIMEOUT_MS = 120_000;
/** Methods that read events; the node calls others only when it starts. */
const ABOUT_EVENTS: readonly string[] = ["eth_getLogs", "eth_getBlockByNumber"];

/** Cost of a node from its start until it served the chain's tip. */
interface Indexed extends Cost {
  /** Its requests for logs and headers, as batches of calls. */
  readonly asked: RpcCall[][];
}

/** Starts a complete node and measures it. */
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
    if (asked.length === 0) throw new Error(`The node indexed ${events} events without a request for logs`);
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - from, processorMs: (user + system) / 1_000, asked };
  } finally {
    await node.stop();
  }
}
