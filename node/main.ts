import { Registry } from "@prometheus-io/client";
import { type Logger, pino } from "pino";
import type { ChainReader } from "../resolver/chain/chain-reader.ts";
import { httpRpc } from "../resolver/chain/rpc.ts";
import { rpcReader } from "../resolver/chain/rpc-reader.ts";
import { verifyNetwork } from "../resolver/chain/verify-network.ts";
import { currentDeployment } from "../resolver/network.ts";
import { startAudit } from "./audit/server.ts";
import { failover } from "./chain/failover.ts";
import { failureLog } from "./chain/failure-log.ts";
import type { NodeConfig } from "./config/config.ts";
import type { Refusal } from "./http/server/admission.ts";
import type { Listener } from "./http/server/listener.ts";
import { startHttp } from "./http/server/server.ts";
import { Indexer } from "./index/indexer.ts";
import { openStore } from "./index/open-store.ts";
import { Progress } from "./index/progress.ts";
import type { RegistryIndex } from "./index/registry-index.ts";
import { sync } from "./index/sync.ts";
import { openSigners } from "./issuing/open-signers.ts";
import type { Signer } from "./issuing/signer.ts";
import { Mirror } from "./lists/mirror.ts";
import { StatusLists } from "./lists/status-lists.ts";
import { countersIn } from "./metrics/counters.ts";
import { gaugesIn } from "./metrics/gauges.ts";
import { startMetrics } from "./metrics/server.ts";
import { timedDatabase } from "./metrics/timed-database.ts";
import { openOperatorSocket } from "./operator/socket.ts";
import { ContentHashes } from "./peers/content-hashes.ts";
import { ownDigest } from "./peers/own-digest.ts";
import { httpPeer } from "./peers/peer.ts";
import { PeerWatch } from "./peers/watch-peers.ts";
import { Backoff, type Pauses } from "./runtime/backoff.ts";
import { type Clock, systemClock } from "./runtime/clock.ts";
import { logState } from "./runtime/log-state.ts";
import type { ListenerName } from "./runtime/observer.ts";
import { reportOf } from "./runtime/report.ts";
import { type NodeReport, type NodeState, unfitReason } from "./runtime/status.ts";
import type { ContentHash } from "./store/content/scan.ts";
import { type Database, openLevel } from "./store/database.ts";
import { readTypeDocuments } from "./trust/type-documents.ts";

/** Milliseconds between looks at whether the newest block grew too old. */
const LOOK_EVERY_MS = 1_000;

/** What a test may put in the place of network, disk and time. */
export interface NodeOverrides {
  /** In place of the configured RPC URLs. */
  readonly readers?: readonly ChainReader[];
  readonly clock?: Clock;
  readonly openDatabase?: (directory: string) => Promise<Database>;
  readonly logger?: Logger;
  /** In place of the configured key files. */
  readonly signers?: readonly Signer[];
  /** Numbers from 0 on, below 1, by which pauses between tries differ. */
  readonly random?: () => number;
  /** Bounds of all pauses after a failure of the chain's servers. */
  readonly pauses?: Pauses;
}

/** A node that runs. */
export interface RunningNode {
  /** Where the public listener answers. */
  readonly url: string;
  /** Where `/metrics` is; `null` when it is turned off. */
  readonly metricsUrl: string | null;
  /** Where `/audit` is; `null` when it is turned off. */
  readonly auditUrl: string | null;
  readonly index: RegistryIndex;
  report(): NodeReport;
  /** See `contentHash` in `store/scan.ts`; `undefined` while the index is empty. */
  contentHash(): Promise<ContentHash | undefined>;
  /** Lets answers under way finish, closes all listeners, stops following, closes the store. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a node: opens its data directory and reads it once through, then follows the chain and answers over HTTP. It
 * starts without a chain too, and says so in its state.
 *
 * @throws StoreError, NetworkMismatchError when the data directory can't be used; KeyFileError; TypeDocumentError;
 * PortInUseError.
 */
export async function startNode(config: NodeConfig, overrides: NodeOverrides = {}): Promise<RunningNode> {
  const { network, secrets, dataDir, pollMs } = config;
  const { clock = systemClock, openDatabase = openLevel, random = Math.random } = overrides;
  const logger = overrides.logger ?? pino({ name: "mapae", level: config.logLevel });
  const registry = new Registry();
  const observer = countersIn(registry);
  const readers = overrides.readers ?? secrets.rpcUrls.map((url) => rpcReader(httpRpc({ url })));
  const tellFailure = failureLog(logger, clock.monotonic);
  const openChain = () =>
    failover({
      readers,
      verify: (one) => verifyNetwork(one, network),
      now: clock.monotonic,
      random,
      pauses: overrides.pauses,
      onFailure(failure) {
        observer.rpcFailed(failure);
        tellFailure(failure);
      },
    });
  const reader = openChain();

  const signers = overrides.signers ?? (await openSigners(config.signers));
  const documents = config.typesDir === null ? new Map() : await readTypeDocuments(config.typesDir);
  const store = await openStore({
    network,
    directory: dataDir,
    logger,
    async openDatabase(directory) {
      const database = await openDatabase(directory);
      return timedDatabase({ database, observer, monotonic: clock.monotonic });
    },
  });
  const indexer = new Indexer({ store, network });
  const onChange = (from: NodeState, to: NodeState) => logState(logger, from, to);
  const progress = new Progress({ indexer, policy: config, now: clock.now, onChange });
  const logFault = (what: string) => (error: unknown) => logger.error({ err: error }, what);
  const hashes = new ContentHashes({
    every: config.contentHashBlocks,
    hashAt: (block) => store.contentHash(block),
    onFault: logFault("the content could not be hashed"),
  });
  indexer.onSettled((block) => hashes.settled(block));
  const digest = (block: number | "finalized") => ownDigest({ network, indexer, hashes }, block);
  const peers = new PeerWatch({
    peers: config.peers.urls.map((url) => httpPeer(url)),
    digest: () => digest("finalized"),
    rootsAt: (block) => indexer.rootsAt(block),
    fromBlock: currentDeployment(network).fromBlock,
    clock,
    logger,
  });
  const report = () => reportOf({ network, indexer, progress, peers: () => peers.reports() });
  const onMetricFault = logFault("a metric can't be read");
  const onAlarm = (error: Error) => logger.error({ err: error }, "a status list can't be signed anew");
  const { urls } = config.peers;
  const lists = new StatusLists({
    index: indexer,
    network,
    signers,
    now: clock.now,
    onAlarm,
    onSigned: observer.signedList,
    ...(urls.length > 0 && { mirror: new Mirror({ index: indexer, network, peers: urls, now: clock.now }) }),
  });
  gaugesIn(registry, {
    report,
    alarmedLists: () => lists.alarmed,
    directory: dataDir,
    memory: () => store.memory(),
    onFault: onMetricFault,
  });

  const onFault = logFault("a request failed in a way nobody planned");
  const refused = (listener: ListenerName) => (reason: Refusal) => observer.refused(listener, reason);
  const { trustedProxies } = config;
  const opened: { close(): Promise<void> }[] = [];
  const closeAll = () => Promise.all(opened.map((one) => one.close()));
  let http: Listener;
  let metrics: Listener | undefined;
  let audit: Listener | undefined;
  try {
    metrics = config.metrics
      ? await startMetrics({ registry, onFault, onRefused: refused("metrics"), ...config.metrics })
      : undefined;
    if (metrics) opened.push(metrics);
    const socket = await openOperatorSocket({
      directory: dataDir,
      exportContent: (asOf) => store.export(asOf),
      logger,
    });
    if (socket) opened.push(socket);
    audit =
      config.audit === null
        ? undefined
        : await startAudit({
            index: indexer,
            network,
            // One of its own: what fails for an auditor leaves no server out for who follows the chain.
            chain: openChain(),
            unfit: () => unfitReason(report().state),
            now: clock.now,
            onFault,
            onAnswer: observer.audited,
            onRefused: refused("audit"),
            trustedProxies,
            ...config.audit,
          });
    if (audit) opened.push(audit);
    // The last to be opened: a node that answers can be told to stop.
    const { httpHost: host, httpPort: port, testIdentifiers: examples } = config;
    const { answered: onAnswer } = observer;
    const { now } = clock;
    const told = { report, digest, now, onFault, onAnswer, onRefused: refused("public") };
    http = await startHttp({
      index: indexer,
      network,
      lists,
      documents,
      examples,
      ...told,
      trustedProxies,
      host,
      port,
    });
    opened.push(http);
  } catch (error) {
    await closeAll();
    await store.close();
    throw error;
  }
  const [url, metricsUrl, auditUrl] = [http.url, metrics?.url ?? null, audit?.url ?? null];
  const stopping = new AbortController();
  const { signal } = stopping;
  const backoff = new Backoff(random, overrides.pauses);
  const block = store.tip?.number ?? null;
  const { kind: state } = progress.state();
  logger.info({ url, metricsUrl, auditUrl, network: network.name, dataDir, block, state }, "started");
  const synced = sync({ indexer, reader, network, progress, observer, backoff, pollMs, clock, logger, signal });
  const watched = Promise.all([watch(progress, clock, signal), peers.run(config.peers.checkSeconds * 1_000, signal)]);

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await closeAll();
    stopping.abort();
    await Promise.all([synced, watched]);
    await hashes.done();
    await store.close();
    logger.info({ block: store.tip?.number ?? null }, "stopped");
  };
  return {
    url,
    metricsUrl,
    auditUrl,
    index: indexer,
    report,
    contentHash: () => store.contentHash(),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Notices a state that time alone changes. */
async function watch(progress: Progress, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    progress.look();
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}
