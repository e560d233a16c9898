import type { Hash } from "../resolver/primitives/hex.ts";
import type { Bundle } from "../resolver/proofs/bundle.ts";
import type { TrustedValidators } from "../resolver/proofs/verify-header.ts";
import type { TakeReason } from "./reason.ts";

/** What shows that a block was sealed, without what it holds. */
export type SealedBlock = Pick<Bundle["envelope"], "network" | "header" | "attestations" | "handovers">;

/** A block of which a gate held a bundle. */
export interface HeldBlock {
  readonly number: number;
  readonly hash: Hash;
  readonly sealed: SealedBlock;
}

/** What a gate holds: all of it is written at once, after it was verified and before it is used. */
export interface Kept {
  /** The newest block, and bundles of blocks before it, oldest first. */
  readonly blocks: readonly HeldBlock[];
  /** The validators to go on from; absent where operators attest. */
  readonly trusted?: TrustedValidators | undefined;
  /** The whole bundle, which is verified again whenever the gate is opened. */
  readonly bundle: Uint8Array;
  /** The latest time that was seen, in Unix seconds. */
  readonly seen: number;
}

/** Two sealed blocks that do not go together. */
export interface Evidence {
  readonly reason: TakeReason;
  /** The gate's clock, in Unix seconds. */
  readonly at: number;
  readonly held: HeldBlock;
  readonly came: HeldBlock;
}

/** Where a gate keeps what it holds. */
export interface GateStore {
  /** @returns `undefined` while nothing was kept. */
  load(): Promise<Kept | undefined>;
  /** Keeps all of it or nothing; it outlasts a power cut once this is done. */
  keep(kept: Kept): Promise<void>;
  /** Keeps the latest time that was seen. */
  saw(seen: number): Promise<void>;
  /** Keeps evidence; at most {@link MAX_EVIDENCE}, the oldest stay. */
  addEvidence(evidence: Evidence): Promise<void>;
  evidence(): Promise<readonly Evidence[]>;
  close(): Promise<void>;
}

/** Most blocks that a gate remembers to have held. */
export const MAX_BLOCKS = 100;

/** Most pieces of evidence that are kept: who makes alarms does not fill the disk. */
export const MAX_EVIDENCE = 100;

/** A store that lasts as long as the process: for a page, or a program that takes a bundle whenever it starts. */
export function memoryStore(): GateStore {
  let kept: Kept | undefined;
  const evidence: Evidence[] = [];
  return {
    load: async () => kept,
    async keep(next) {
      kept = next;
    },
    async saw(seen) {
      if (kept !== undefined) kept = { ...kept, seen };
    },
    async addEvidence(one) {
      const isThere = evidence.some(({ came }) => came.hash === one.came.hash);
      if (!isThere && evidence.length < MAX_EVIDENCE) evidence.push(one);
    },
    evidence: async () => [...evidence],
    close: async () => {},
  };
}
