import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { goodAttestations } from "../../resolver/proofs/attested.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { Operator } from "../issuing/operator.ts";
import { attest } from "./attest.ts";

/** Number of the newest blocks whose attestations are kept. */
export const KEPT_BLOCKS = 64;

/** Outcome of an attestation: signed here, not signed because of an error, accepted from another node, or rejected. */
export const ATTESTATION_OUTCOMES = ["signed", "failed", "collected", "refused"] as const;
export type AttestationOutcome = (typeof ATTESTATION_OUTCOMES)[number];

/** A block with its verified attestations, at most one of each operator. */
export interface Attested {
  readonly block: BlockRef;
  readonly attestations: readonly string[];
}

export interface AttestationsOptions {
  readonly network: NetworkDescriptor;
  /** The operator in whose name this node attests. Without it only attestations of others are kept. */
  readonly operator?: Operator | undefined;
  readonly onOutcome: (outcome: AttestationOutcome) => void;
  /** Called with the reason why a block could not be attested. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Attestations of the newest blocks that are never undone: this node's own, and those of others for the same blocks. Only
 * verified attestations of blocks in this node's index are kept. They are in memory only; after a start they are signed and
 * collected again.
 */
export class Attestations {
  readonly #options: AttestationsOptions;
  /** By block number, oldest first: the block with its attestations by attester. */
  readonly #kept = new Map<number, { readonly block: BlockRef; readonly byAttester: Map<string, string> }>();

  constructor(options: AttestationsOptions) {
    this.#options = options;
  }

  /** Adds a block that is never undone, and attests it. Never throws. */
  async settled(block: BlockRef): Promise<void> {
    const { network, operator, onOutcome, onFault } = this.#options;
    if (network.consensus.kind !== "attested" || this.#kept.get(block.number)?.block.hash === block.hash) return;
    // The index was dropped and read again from another branch of the chain.
    for (const number of this.#kept.keys()) if (number >= block.number) this.#kept.delete(number);
    this.#kept.set(block.number, { block, byAttester: new Map() });
    for (const number of [...this.#kept.keys()].slice(0, -KEPT_BLOCKS)) this.#kept.delete(number);
    if (operator === undefined) return;
    try {
      await this.#keep(block, [await attest(operator, { ...block, genesisHash: network.genesisHash })]);
      onOutcome("signed");
    } catch (error) {
      onOutcome("failed");
      onFault(error);
    }
  }

  /**
   * Verifies and adds attestations of others for a block.
   * @returns how many of them were valid, including known ones; new ones do not count when this node has another block, or
   * none, at that number.
   */
  async take({ number, hash }: { number: number; hash: Hash }, attestations: readonly string[]): Promise<number> {
    const { onOutcome } = this.#options;
    const block = this.#kept.get(number)?.block;
    const known = this.at(number)?.attestations ?? [];
    const unknown = attestations.filter((one) => !known.includes(one));
    const taken = block?.hash === hash ? await this.#keep(block, unknown) : 0;
    for (let count = 0; count < unknown.length; count++) onOutcome(count < taken ? "collected" : "refused");
    return attestations.length - unknown.length + taken;
  }

  /** A block and its attestations; `undefined` when the block is not kept. */
  at(number: number): Attested | undefined {
    const kept = this.#kept.get(number);
    return kept && { block: kept.block, attestations: [...kept.byAttester.values()] };
  }

  /** The newest block that enough operators attested; `undefined` while there is none. */
  newest(): Attested | undefined {
    const number = [...this.#kept.keys()].findLast((one) => this.#isEnough(one));
    return number === undefined ? undefined : this.at(number);
  }

  /** The newest block that is kept, even when it is not attested. */
  get tip(): BlockRef | undefined {
    return [...this.#kept.values()].at(-1)?.block;
  }

  /** At most `most` blocks above the newest one that enough operators attested; the newest first. */
  lacking(most: number): readonly BlockRef[] {
    const enough = this.newest()?.block.number ?? -1;
    const blocks = [...this.#kept.values()].map(({ block }) => block);
    return blocks
      .filter(({ number }) => number > enough)
      .slice(-most)
      .reverse();
  }

  #isEnough(number: number): boolean {
    const { consensus } = this.#options.network;
    return consensus.kind === "attested" && (this.#kept.get(number)?.byAttester.size ?? 0) >= consensus.threshold;
  }

  async #keep(block: BlockRef, attestations: readonly string[]): Promise<number> {
    const { consensus, genesisHash } = this.#options.network;
    if (consensus.kind !== "attested") return 0;
    let taken = 0;
    for await (const good of goodAttestations({ ...block, genesisHash }, attestations, consensus)) {
      const kept = this.#kept.get(block.number);
      if (kept?.block.hash !== block.hash) return taken;
      kept.byAttester.set(good.attester, good.attestation);
      taken += 1;
    }
    return taken;
  }
}
