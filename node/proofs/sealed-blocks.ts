import type { Rpc } from "../../resolver/chain/rpc/rpc.ts";
import { ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hex } from "../../resolver/primitives/hex.ts";
import type { Attestations } from "../attestations/attestations.ts";
import type { Indexer } from "../index/indexer.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import { Handovers } from "./handovers.ts";

/** A block as of which proofs can be made, with the seals that are not in its header. */
export interface SealedBlock {
  readonly block: BlockRef;
  /** For `attested` networks: attestations of enough operators. */
  readonly attestations: readonly string[];
  /** For `qbft` networks: headers at which the validators changed, oldest first. */
  readonly handovers: readonly Hex[];
}

/** Source of the block as of which envelopes and bundles are made. */
export interface SealedBlocks {
  /**
   * The newest block of this node that a verifier accepts.
   * @param since number of a block whose validators the verifier may know.
   * @throws UnavailableError while there is none; ResolutionError `FEATURE_NOT_SUPPORTED` on a network without seals.
   */
  newest(since?: number): Promise<SealedBlock>;
}

export interface SealedBlocksOptions {
  readonly network: NetworkDescriptor;
  readonly attestations: Pick<Attestations, "newest">;
  readonly indexer: Pick<Indexer, "settledBlock">;
  /** Requests headers from the chain. */
  readonly rpc: Rpc;
}

/** The sealed blocks of a network, by its kind of consensus. */
export function sealedBlocks({ network, attestations, indexer, rpc }: SealedBlocksOptions): SealedBlocks {
  const { consensus } = network;
  switch (consensus.kind) {
    case "attested":
      return {
        async newest() {
          const found = attestations.newest();
          if (found !== undefined) return { ...found, handovers: [] };
          throw new UnavailableError("No block is attested by enough operators yet: ask again");
        },
      };
    case "qbft": {
      const handovers = new Handovers(rpc, consensus.validators);
      return {
        async newest(since) {
          const block = indexer.settledBlock();
          if (block === undefined) throw new UnavailableError("No block is known yet that stays: ask again");
          return { block, attestations: [], handovers: await handovers.upTo(block, since) };
        },
      };
    }
    case "none":
      return {
        async newest() {
          const detail = `The blocks of network ${network.name} have no seals: nothing can be proven here`;
          throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
        },
      };
  }
}
