import { readFileSync } from "node:fs";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Indexer } from "../index/indexer.ts";
import type { Progress } from "../index/progress.ts";
import type { PeerReport } from "../peers/watch-peers.ts";
import { SCHEMA_VERSION } from "../store/keys.ts";
import type { NodeReport } from "./status.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

export interface ReportOptions {
  readonly network: NetworkDescriptor;
  readonly indexer: Indexer;
  readonly progress: Progress;
  readonly peers: () => readonly PeerReport[];
}

/** The current report of a node. */
export function reportOf({ network, indexer, progress, peers }: ReportOptions): NodeReport {
  const asOf = indexer.served.asOf();
  const roots = indexer.served.roots();
  const { chainTip: head, clockOffset, comparedAt } = progress;
  return {
    version,
    schemaVersion: SCHEMA_VERSION,
    network: network.name,
    state: progress.state(),
    head,
    indexed: indexer.tip?.number ?? null,
    lag: head === null || asOf === undefined ? null : Math.max(0, head - asOf.number),
    clockOffset,
    comparedAt,
    digest: asOf && roots ? { block: asOf.number, hash: asOf.hash, time: asOf.time, roots } : null,
    peers: peers(),
  };
}
