import { readFileSync } from "node:fs";
import { type Logger, pino } from "pino";
import type { ChainReader } from "../resolver/chain/chain-reader.ts";
import { httpRpc } from "../resolver/chain/rpc.ts";
import { rpcReader } from "../resolver/chain/rpc-reader.ts";
import { verifyNetwork } from "../resolver/chain/verify-network.ts";
import { Backoff } from "./backoff.ts";
import { failover } from "./chain/failover.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { NodeConfig } from "./config.ts";
import { startHttp } from "./http/server.ts";
import { Indexer } from "./indexer.ts";
import { Progress } from "./progress.ts";
import type { RegistryIndex } from "./registry-index.ts";
import type { NodeReport } from "./status.ts";
import { type Database, openLevel } from "./store/database.ts";
import { SCHEMA_VERSION } from "./store/keys.ts";
import type { ContentHash } from "./store/scan.ts";
import { IndexStore } from "./store/store.ts";
import { sync } from "./sync.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** What a test may put in the place of network, disk and time. */
export interface NodeOverrides {
  /** In place of the configured RPC URLs. */
  readonly readers?: readonly ChainReader[];
  readonly clock?: Clock;
  readonly openDatabase?: (directory: string) => Promise<Database>;
  readonly logger?: Logger;
  /** Numbers from 0 on, below 1, by which pauses between tries differ. */
  readonly random?: () => number;
}

/** A node that runs. */
export interface RunningNode {
  /** Where the public listener answers. */
  readonly url: string;
  readonly index: RegistryIndex;
  report(): NodeReport;
  /** See `contentHash` in `store/scan.ts`; `undefined` while the index is empty. */
  contentHash(): Promise<ContentHash | undefined>;
  /** Lets answers under way finish, stops following, closes the store. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a node: opens its data directory and reads it once through, then follows the chain and answers over HTTP. It
 * starts without a chain too, and says so in its state.
 *
 * @throws StoreError, NetworkMismatchError when the data directory can't be used; PortInUseError.
 */
export async function startNode(config: NodeConfig, overrides: NodeOverrides = {}): Promise<RunningNode> {
  const { network, secrets, dataDir, pollMs } = config;
  const { clock = systemClock, openDatabase = openLevel, random = Math.random } = overrides;
  const logger = overrides.logger ?? pino({ name: "mapae", level: config.logLevel });
  const readers = overrides.readers ?? secrets.rpcUrls.map((url) => rpcReader(httpRpc({ url })));
  const reader = failover({ readers, verify: (one) => verifyNetwork(one, network) });

  const store = await openStore(config, openDatabase);
  const indexer = new Indexer({ store, network });
  const progress = new Progress({ indexer, policy: config, now: clock.now });
  const report = () => reportOf(config, indexer, progress);
  const onFault = (error: unknown) => logger.error({ err: error }, "a request failed in a way nobody planned");

  const http = await startHttp({
    index: indexer,
    network,
    report,
    now: clock.now,
    onFault,
    host: config.httpHost,
    port: config.httpPort,
  }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const stopping = new AbortController();
  const { signal } = stopping;
  const backoff = new Backoff(random);
  const synced = sync({ indexer, reader, network, progress, backoff, pollMs, clock, logger, signal });
  logger.info({ url: http.url, network: network.name, dataDir, block: store.tip?.number ?? null }, "started");

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await http.close();
    stopping.abort();
    await synced;
    await store.close();
    logger.info({ block: store.tip?.number ?? null }, "stopped");
  };
  return {
    url: http.url,
    index: indexer,
    report,
    contentHash: () => store.contentHash(),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function openStore({ dataDir, network }: NodeConfig, openDatabase: (directory: string) => Promise<Database>) {
  const database = await openDatabase(dataDir);
  try {
    const store = await IndexStore.open(database, network);
    await store.verify();
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}

function reportOf({ network }: NodeConfig, indexer: Indexer, progress: Progress): NodeReport {
  const asOf = indexer.asOf();
  const roots = indexer.roots();
  const { head } = progress;
  return {
    version,
    schemaVersion: SCHEMA_VERSION,
    network: network.name,
    state: progress.state(),
    head,
    lag: head === null || asOf === undefined ? null : Math.max(0, head - asOf.number),
    digest: asOf && roots ? { block: asOf.number, hash: asOf.hash, time: asOf.time, roots } : null,
  };
}
