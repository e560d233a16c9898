import { attestingPeer } from "../attestations/ask-peer.ts";
import { Attestations } from "../attestations/attestations.ts";
import { AttestationCollector } from "../attestations/collect.ts";
import type { Operator } from "../issuing/operator.ts";
import { loop, type Part } from "../runtime/part.ts";
import type { NodeContext } from "./context.ts";
import type { Indexing } from "./indexing.ts";

/** Attestations of the newest blocks, of this node and of others. */
export interface Attesting extends Part {
  readonly attestations: Attestations;
  /** The newest block that enough operators attested, block 0 before there is one; `undefined` where blocks are not attested. */
  newestBlock(): { readonly number: number; readonly time: number } | undefined;
}

/** Attests each block that is never undone with the operator's key, and collects attestations of other operators. */
export function createAttesting(
  { config, clock, logger, logFault, observer }: NodeContext,
  { indexer }: Indexing,
  operator: Operator | undefined,
): Attesting {
  const { network, peers } = config;
  const isAttested = network.consensus.kind === "attested";
  const attestations = new Attestations({
    network,
    operator,
    onOutcome: observer.attested,
    onFault: logFault("a block can't be attested"),
  });
  indexer.onSettled((block) => void attestations.settled(block));
  const collector = new AttestationCollector({
    attestations,
    peers: isAttested ? peers.urls.map((url) => attestingPeer(url)) : [],
    network: network.name,
    clock,
    logger,
  });
  const collecting = loop((signal) => collector.run(signal));
  return {
    attestations,
    newestBlock: () => (isAttested ? (attestations.newest()?.block ?? { number: 0, time: 0 }) : undefined),
    start() {
      const settled = indexer.settledBlock();
      if (settled !== undefined) void attestations.settled(settled);
      collecting.start();
    },
    stop: collecting.stop,
  };
}
