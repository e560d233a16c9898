import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { loadConfig } from "../../../node/config/config.ts";
import type { Signer } from "../../../node/issuing/signer.ts";
import { type RunningNode, startNode } from "../../../node/main.ts";
import type { NodeState } from "../../../node/runtime/status.ts";
import type { NetworkDescriptor } from "../../../resolver/index.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import type { Geth } from "./geth.ts";

/** Seconds after which a node is stale: practically never, because the chain makes a block only when a test needs one. */
const NEVER = "31536000";

export interface FollowOptions {
  /** Folder of the descriptor and the data directory. */
  readonly folder: string;
  readonly network: NetworkDescriptor;
  readonly geth: Geth;
  /** URLs of other nodes with which this one compares itself. */
  readonly peers?: readonly string[];
  /** Signers in place of key files. */
  readonly signers?: readonly Signer[];
}

/** A Mapae node that follows geth. */
export interface Follower extends RunningNode {
  /** The lines of its log, with their fields about blocks, oldest first. */
  readonly log: readonly LogLine[];
}

interface LogLine {
  readonly msg: string;
  readonly ancestor?: number;
}

/** Starts a node from environment variables, in the way of its command. */
export async function follow(options: FollowOptions): Promise<Follower> {
  const { folder, network, geth, peers = [], signers = [] } = options;
  const descriptor = join(folder, "network.json");
  await writeFile(descriptor, JSON.stringify(network));
  const config = loadConfig({
    MAPAE_NETWORK: descriptor,
    MAPAE_RPC_URLS: geth.url,
    MAPAE_DATA_DIR: join(folder, "index"),
    MAPAE_HTTP_PORT: "0",
    MAPAE_METRICS_PORT: "off",
    MAPAE_PEERS: peers.join(),
    MAPAE_PEER_CHECK_SECONDS: "1",
    MAPAE_POLL_MS: "20",
    MAPAE_STALE_AFTER: NEVER,
    MAPAE_REFUSE_AFTER: NEVER,
  });
  const log: LogLine[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => log.push(JSON.parse(line) as LogLine) });
  return { ...(await startNode(config, { logger, signers })), log };
}

/** Starts a node on an empty data directory, which is removed after its stop. */
export async function followAfresh(options: FollowOptions): Promise<Follower> {
  const folder = await mkdtemp(join(options.folder, "fresh-"));
  const node = await follow({ ...options, folder });
  return {
    ...node,
    async stop() {
      await node.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits until a node serves its chain's newest block, and `/ready` says so. */
export async function untilFollowing(node: Follower, geth: Geth): Promise<void> {
  let seen: unknown;
  await until(
    "the node follows its chain's newest block",
    async () => {
      const [head, { status, state }] = await Promise.all([geth.reader.header("latest"), ready(node)]);
      const digest = node.report().digest;
      seen = { head, status, state, digest, log: node.log.slice(-10) };
      return status === 200 && state.kind === "following" && head !== null && digest?.hash === head.hash;
    },
    () => seen,
  );
}

/** Waits until `/ready` answers with a state and, if given, a reason that matches; returns the state. */
export async function untilState<K extends NodeState["kind"]>(
  node: Pick<RunningNode, "url">,
  wanted: { readonly kind: K; readonly status: number; readonly reason?: RegExp },
) {
  const { kind, reason = /(?:)/ } = wanted;
  let seen: unknown;
  return until(
    `/ready says ${kind} with ${wanted.status} and ${reason}`,
    async () => {
      const { status, state } = await ready(node);
      seen = { status, state };
      const isWanted = status === wanted.status && state.kind === kind && reason.test(state.reason);
      return isWanted && (state as NodeState & { kind: K });
    },
    () => seen,
  );
}

/** Waits until a node has seen a newest block of its chain, even if it does not follow it. */
export async function untilHead(node: RunningNode, number: number): Promise<void> {
  await until(`the node sees block ${number} as the newest`, () => node.report().head === number);
}

/** The common ancestors of the reorganisations in a node's log. */
export function undoneDownTo({ log }: Follower): (number | undefined)[] {
  return log.filter(({ msg }) => msg === "the chain was reorganised").map(({ ancestor }) => ancestor);
}

/** The answer of `/ready`. */
async function ready({ url }: Pick<RunningNode, "url">): Promise<{ status: number; state: NodeState }> {
  const response = await fetch(`${url}/ready`);
  return { status: response.status, state: (await response.json()) as NodeState };
}
