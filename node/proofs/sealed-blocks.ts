import { ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hex } from "../../resolver/primitives/hex.ts";
import type { Attestations } from "../attestations/attestations.ts";
import type { BlockRef } from "../index/recent-blocks.ts";

/** A block that can be proven, with what seals it beyond its header. */
export interface SealedBlock {
  readonly block: BlockRef;
  /** Of `attested` networks, enough of them. */
  readonly attestations: readonly string[];
  /** Of `qbft` networks: headers at which the validators changed, oldest first. */
  readonly handovers: readonly Hex[];
}

/** Where envelopes and bundles get the block that they are made at. */
export interface SealedBlocks {
  /**
   * The newest block that this node holds and a verifier would believe.
   * @throws UnavailableError while there is none; ResolutionError `FEATURE_NOT_SUPPORTED` where nobody seals blocks.
   */
  newest(): Promise<SealedBlock>;
}

export interface SealedBlocksOptions {
  readonly network: NetworkDescriptor;
  readonly attestations: Pick<Attestations, "newest">;
}

/** The sealed blocks of a network, by its kind of consensus. */
export function sealedBlocks({ network, attestations }: SealedBlocksOptions): SealedBlocks {
  return {
    async newest() {
      if (network.consensus.kind !== "attested") {
        const detail = `Blocks of network ${network.name} are sealed by ${network.consensus.kind}, nothing can be proven here`;
        throw new ResolutionError("FEATURE_NOT_SUPPORTED", detail);
      }
      const found = attestations.newest();
      if (found === undefined) throw new UnavailableError("No block is attested by enough operators yet: ask again");
      return { ...found, handovers: [] };
    },
  };
}
