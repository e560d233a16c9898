import { currentDeployment } from "../../resolver/network.ts";
import type { Hints } from "../index/hints.ts";
import { ContentHashes } from "../peers/content-hashes.ts";
import type { Digest } from "../peers/digest.ts";
import { ownDigest } from "../peers/own-digest.ts";
import { httpPeer } from "../peers/peer.ts";
import { type PeerReport, PeerWatch } from "../peers/watch-peers.ts";
import { loop, type Part } from "../runtime/part.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** This node's digests, and its comparison with other nodes. */
export interface Peers extends Part {
  /** As of a block that stays. */
  digest(block: number | "finalized"): Promise<Digest>;
  reports(): readonly PeerReport[];
  readonly hints: Hints;
}

export function createPeers({ config, clock, logger, logFault }: NodeContext, { store, indexer }: Indexing): Peers {
  const { network, contentHashBlocks, peers } = config;
  const hashes = new ContentHashes({
    every: contentHashBlocks,
    hashAt: (block) => store.contentHash(block),
    onFault: logFault("the content could not be hashed"),
  });
  indexer.onSettled((block) => hashes.settled(block));
  indexer.onDoubt(() => hashes.forget());
  const digest = (block: number | "finalized") => ownDigest({ network, indexer, hashes }, block);
  const watch = new PeerWatch({
    peers: peers.urls.map((url) => httpPeer(url)),
    digest: () => digest("finalized"),
    rootsAt: (block) => indexer.rootsAt(block),
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
    async stop() {
      await comparing.stop();
      await hashes.done();
    },
  };
}
