import { mkdir } from "node:fs/promises";
import { type Logger, pino } from "pino";
import type { ChainReader } from "../resolver/chain/chain-reader.ts";
import { httpRpc } from "../resolver/chain/rpc.ts";
import { rpcReader } from "../resolver/chain/rpc-reader.ts";
import { verifyNetwork } from "../resolver/chain/verify-network.ts";
import { failover } from "./chain/failover.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Follower } from "./follower.ts";
import { startHttp } from "./http/server.ts";
import { Indexer } from "./indexer.ts";
import type { NodeReport } from "./status.ts";
import { type Database, openLevel } from "./store/database.ts";
import { SCHEMA_VERSION } from "./store/keys.ts";
import type { ContentHash } from "./store/scan.ts";
import { IndexStore } from "./store/store.ts";
import { VERSION } from "./version.ts";

/** What a node gets from outside; a test puts its own in place. */
export interface Overrides {
  readonly readers?: readonly ChainReader[];
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly openDatabase?: (directory: string) => Promise<Database>;
  readonly logger?: Logger;
}

/** A node that runs. */
export interface RunningNode {
  /** Where the public listener answers. */
  readonly url: string;
  report(): NodeReport;
  /** See `contentHash` of the store: equal on every honest node at the same block. */
  contentHash(): Promise<ContentHash | undefined>;
  /** Answers what is under way, stops following, closes the store. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a node: opens its index, listens, and follows the chain.
 *
 * @throws StoreError, NetworkMismatchError when the data directory is of no use; PortInUseError.
 */
export async function startNode(config: Config, overrides: Overrides = {}): Promise<RunningNode> {
  const { network, dataDir } = config;
  const clock = overrides.clock ?? systemClock;
  const logger = overrides.logger ?? pino({ level: config.logLevel });
  const readers = overrides.readers ?? config.rpcUrls.map((url) => rpcReader(httpRpc({ url })));
  const store = await openStore(config, overrides.openDatabase ?? openInDirectory);
  const indexer = new Indexer({ store, network });
  const follower = new Follower({
    indexer,
    reader: failover({ readers, verify: (reader) => verifyNetwork(reader, network) }),
    network,
    staleness: config.staleness,
    pollMs: config.pollMs,
    clock,
    random: overrides.random ?? Math.random,
    onState: ({ kind, ...state }) =>
      logger[kind === "halted" ? "error" : kind === "stale" ? "warn" : "info"](state, kind),
  });

  const report = (): NodeReport => {
    const asOf = indexer.asOf();
    const roots = indexer.roots();
    const head = follower.head ?? null;
    return {
      version: VERSION,
      schemaVersion: SCHEMA_VERSION,
      network: network.name,
      state: follower.state,
      head,
      lag: head === null || asOf === undefined ? null : Math.max(0, head - asOf.number),
      digest: asOf && roots ? { block: asOf.number, hash: asOf.hash, time: asOf.time, roots } : null,
    };
  };
  const onFault = (error: unknown) => logger.error({ err: error }, "an unexpected fault");
  const listen = { index: indexer, network, report, now: () => clock.now(), onFault };
  const http = await startHttp({ ...listen, host: config.httpHost, port: config.httpPort }).catch(async (error) => {
    await store.close();
    throw error;
  });
  logger.info({ url: http.url, network: network.name, dataDir, version: VERSION }, "listening");

  const stopping = new AbortController();
  const following = follower.run(stopping.signal).catch(onFault);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await http.close();
    stopping.abort();
    await following;
    await store.close();
    logger.info("stopped");
  };
  return {
    url: http.url,
    report,
    contentHash: () => store.contentHash(),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

async function openStore({ dataDir, network }: Config, open: (directory: string) => Promise<Database>) {
  const database = await open(dataDir);
  try {
    const store = await IndexStore.open(database, network);
    // A damaged disk shows before the first answer is given from it.
    await store.verify();
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function openInDirectory(directory: string): Promise<Database> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return openLevel(directory);
}
