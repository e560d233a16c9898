import { currentDeployment } from "../../resolver/network.ts";
import type { Digest } from "../peers/digest.ts";
import type { Hints } from "../peers/hints.ts";
import { ownDigest, ownHashes } from "../peers/own-digest.ts";
import { httpPeer } from "../peers/peer.ts";
import { type PeerReport, PeerWatch } from "../peers/watch-peers.ts";
import { loop, type Part } from "../runtime/part.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** This node's digests, and its comparison with other nodes. */
export interface Peers extends Part {
  /** This node's digest as of a block that is never undone. */
  digest(block: number | "finalized"): Promise<Digest>;
  reports(): readonly PeerReport[];
  readonly hints: Hints;
}

export function createPeers({ config, clock, logger }: NodeContext, { store, index }: Indexing): Peers {
  const { network, peers } = config;
  const own = { network, index, store };
  const digest = (block: number | "finalized") => ownDigest(own, block);
  const watch = new PeerWatch({
    peers: peers.urls.map((url) => httpPeer(url)),
    digest: () => digest("finalized"),
    hashesAt: (block) => ownHashes(own, block),
    fromBlock: currentDeployment(network).fromBlock,
    clock,
    logger,
  });
  const comparing = loop((signal) => watch.run(peers.checkSeconds * 1_000, signal));
  return {
    digest,
    reports: () => watch.reports(),
    hints: watch,
    start: comparing.start,
    stop: comparing.stop,
  };
}
