import type { NodeConfig } from "./config/config.ts";
import type { LiveIndex } from "./index/live-index.ts";
import { openSigners } from "./issuing/open-signers.ts";
import { operatorAmong } from "./issuing/operator.ts";
import { gaugesIn } from "./metrics/gauges.ts";
import { createAttesting } from "./parts/attesting.ts";
import { createChain } from "./parts/chain.ts";
import { createContext, type NodeOverrides } from "./parts/context.ts";
import { createFollowing } from "./parts/following.ts";
import { openIndexing } from "./parts/indexing.ts";
import { createListing } from "./parts/lists.ts";
import { createPeers } from "./parts/peers.ts";
import { createProving } from "./parts/proving.ts";
import { createSurfaces } from "./parts/surfaces.ts";
import { startParts } from "./runtime/part.ts";
import { reportOf } from "./runtime/report.ts";
import type { NodeReport } from "./runtime/status.ts";
import type { ContentHash } from "./store/content/checksums.ts";
import { readTypeDocuments } from "./trust/type-documents.ts";

/** A running node. */
export interface RunningNode {
  /** URL of the public listener. */
  readonly url: string;
  /** URL of the metrics listener; `null` when it is turned off. */
  readonly metricsUrl: string | null;
  /** URL of the audit listener; `null` when it is turned off. */
  readonly auditUrl: string | null;
  readonly index: LiveIndex;
  report(): NodeReport;
  /** See `IndexStore.contentHash`; `undefined` while the index is empty. */
  contentHash(): ContentHash | undefined;
  /** Waits for answers under way, closes all listeners, stops following and closes the store. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a node: opens its data directory, follows the chain and answers over HTTP. It also starts while the chain can't be
 * reached, and shows this in its state.
 *
 * @throws StoreError, NetworkMismatchError when the data directory can't be used; KeyFileError; OperatorKeyError;
 * TypeDocumentError; PortInUseError.
 */
export async function startNode(config: NodeConfig, overrides: NodeOverrides = {}): Promise<RunningNode> {
  const { network, dataDir } = config;
  const context = createContext(config, overrides);
  const { logger, registry, logFault } = context;
  const signers = overrides.signers ?? (await openSigners(config.signers));
  const documents = config.typesDir === null ? new Map() : await readTypeDocuments(config.typesDir);
  const openChain = createChain(context);
  const operator = operatorAmong(signers, network);
  const indexing = await openIndexing(context);
  const { store, indexer, progress } = indexing;
  const peers = createPeers(context, indexing);
  const attesting = createAttesting(context, indexing, operator);
  const listing = createListing(context, indexing, signers);
  const { lists } = listing;
  const report = () => reportOf({ network, indexer, progress, peers: peers.reports });
  const surfaces = createSurfaces(context, {
    indexing,
    peers,
    attesting,
    ...createProving(context, indexing, attesting),
    lists,
    documents,
    chain: openChain(),
    report,
    state: () => progress.state(),
  });
  const { hints } = peers;
  const following = createFollowing(context, { indexing, reader: openChain(), hints, onReopened: surfaces.openSocket });
  gaugesIn(registry, {
    report,
    alarmedLists: () => lists.alarmed,
    attested: attesting.newestBlock,
    directory: dataDir,
    memory: () => store.memory(),
    onFault: logFault("a metric can't be read"),
  });

  const ended = { stop: async () => logger.info({ block: store.tip?.number ?? null }, "stopped") };
  // Parts stop in this order: the listeners before the parts that they use, and the store last.
  const stop = await startParts([surfaces, following, attesting, listing, peers, indexing, ended]);
  const { kind: state } = progress.state();
  logger.info(
    { ...surfaces.urls(), network: network.name, dataDir, block: store.tip?.number ?? null, state },
    "started",
  );
  return { ...surfaces.urls(), index: indexing.index, report, contentHash: () => store.contentHash(), stop };
}
