import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { startAudit } from "../audit/server.ts";
import type { Refusal } from "../http/clients/refusals.ts";
import type { Listener } from "../http/server/listener.ts";
import { startHttp } from "../http/server/server.ts";
import type { StatusLists } from "../lists/status-lists.ts";
import { startMetrics } from "../metrics/server.ts";
import { type OperatorSocket, openOperatorSocket } from "../operator/socket.ts";
import type { ListenerName } from "../runtime/observer.ts";
import type { Part } from "../runtime/part.ts";
import { type NodeReport, type NodeState, throwIfUnfit } from "../runtime/status.ts";
import type { TypeDocuments } from "../trust/type-documents.ts";
import type { Attesting } from "./attesting.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";
import type { Peers } from "./peers.ts";
import type { Proving } from "./proving.ts";

export interface SurfaceSources extends Proving {
  readonly indexing: Indexing;
  readonly peers: Peers;
  readonly attesting: Attesting;
  readonly lists: StatusLists;
  readonly documents: TypeDocuments;
  /** For the audit listener. */
  readonly chain: ChainReader;
  readonly report: () => NodeReport;
  readonly state: () => NodeState;
}

/** All entry points: the listeners, and the operator's socket. */
export interface Surfaces extends Required<Part> {
  /** Opens the operator's socket, or reopens it after the data directory was replaced. A failure is only logged. */
  openSocket(): Promise<void>;
  /** URLs of the listeners, once started; `null` for one that is turned off. */
  urls(): { readonly url: string; readonly metricsUrl: string | null; readonly auditUrl: string | null };
}

export function createSurfaces(context: NodeContext, sources: SurfaceSources): Surfaces {
  const { dataDir: directory } = context.config;
  const { store } = sources.indexing;
  let http: Listener | undefined;
  let metrics: Listener | undefined;
  let audit: Listener | undefined;
  let socket: OperatorSocket | undefined;
  let isStopped = false;
  const openSocket = async () => {
    await socket?.close();
    if (isStopped) return;
    socket = await openOperatorSocket({ directory, exportPart: store.export.bind(store), logger: context.logger });
    if (isStopped) await socket?.close();
  };
  return {
    openSocket,
    async start() {
      metrics = await openMetrics(context);
      await openSocket();
      audit = await openAudit(context, sources);
      // Opened last: once the node answers, all other parts are open and can be stopped.
      http = await openPublic(context, sources);
    },
    async stop() {
      isStopped = true;
      await Promise.all([socket, metrics, audit, http].map((one) => one?.close()));
    },
    urls: () => ({ url: http?.url ?? "", metricsUrl: metrics?.url ?? null, auditUrl: audit?.url ?? null }),
  };
}

async function openMetrics(context: NodeContext): Promise<Listener | undefined> {
  const { config, registry } = context;
  return config.metrics
    ? await startMetrics({ registry, ...handlers(context, "metrics"), ...config.metrics })
    : undefined;
}

async function openAudit(context: NodeContext, sources: SurfaceSources): Promise<Listener | undefined> {
  const { config, clock, observer } = context;
  if (config.audit === null) return undefined;
  return await startAudit({
    index: sources.indexing.index,
    network: config.network,
    chain: sources.chain,
    expectFit: () => throwIfUnfit(sources.state()),
    now: clock.now,
    ...handlers(context, "audit"),
    onAnswer: observer.audited,
    trustedProxies: config.trustedProxies,
    ...config.audit,
  });
}

async function openPublic(context: NodeContext, sources: SurfaceSources): Promise<Listener> {
  const { config, clock, observer } = context;
  const { report, state, lists, documents, peers, attesting, bundles, proofs, indexing } = sources;
  return await startHttp({
    index: indexing.index,
    network: config.network,
    lists,
    documents,
    examples: config.testIdentifiers,
    report,
    state,
    digest: peers.digest,
    attestations: attesting.attestations,
    bundles,
    proofs,
    now: clock.now,
    ...handlers(context, "public"),
    onAnswer: observer.answered,
    pageNodes: config.peers.urls.map((peer) => new URL(peer).origin),
    trustedProxies: config.trustedProxies,
    host: config.httpHost,
    port: config.httpPort,
  });
}

/** Callbacks of a listener for faults, and for connections and requests that it refuses. */
function handlers({ logFault, observer }: NodeContext, listener: ListenerName) {
  return {
    onFault: logFault("unexpected error while handling a request"),
    onRefused: (reason: Refusal) => observer.refused(listener, reason),
  };
}
