import type { Hash } from "../resolver/primitives/hex.ts";
import type { Bundle } from "../resolver/proofs/bundle.ts";
import type { TrustedValidators } from "../resolver/proofs/verify-header.ts";
import type { ImportReason } from "./reason.ts";

/** The proof that a block was sealed, without its state. */
export type SealedBlock = Pick<Bundle["envelope"], "network" | "header" | "attestations" | "handovers">;

/** A block of which a gate held a bundle. */
export interface HeldBlock {
  readonly number: number;
  readonly hash: Hash;
  readonly sealed: SealedBlock;
}

/** What a gate stores. It is written atomically, after it was verified and before it is used. */
export interface StoredState {
  /** The blocks of the held bundle and of those before it, oldest first. */
  readonly blocks: readonly HeldBlock[];
  /** The validators that are trusted from then on; absent where operators attest blocks. */
  readonly trusted?: TrustedValidators | undefined;
  /** The whole bundle, which is verified again each time the gate is opened. */
  readonly bundle: Uint8Array;
  /** The latest time that was seen, in Unix seconds. */
  readonly seen: number;
}

/** Two sealed blocks that contradict each other. */
export interface Evidence {
  readonly reason: ImportReason;
  /** The gate's clock, in Unix seconds. */
  readonly at: number;
  readonly held: HeldBlock;
  readonly came: HeldBlock;
}

/** The storage of a gate. */
export interface GateStore {
  /** @returns `undefined` while nothing is stored. */
  load(): Promise<StoredState | undefined>;
  /** Stores all of it or nothing; it survives a power cut once this has resolved. */
  save(state: StoredState): Promise<void>;
  /** Stores the latest time that was seen. */
  saveSeen(seen: number): Promise<void>;
  /**
   * Stores evidence; at most {@link MAX_EVIDENCE} pieces for each reason, of which the oldest stay: older blocks, which
   * anybody can collect, leave room for two blocks of one height.
   */
  addEvidence(evidence: Evidence): Promise<void>;
  evidence(): Promise<readonly Evidence[]>;
  close(): Promise<void>;
}

/** Most blocks of held bundles that a gate stores. */
export const MAX_BLOCKS = 100;

/** Most pieces of evidence that are stored for one reason, so that alarms can't fill the disk. */
export const MAX_EVIDENCE = 100;

/** Whether evidence is to be stored beside other evidence. */
export function isNewEvidence(stored: readonly Evidence[], { reason, came }: Evidence): boolean {
  const alike = stored.filter((one) => one.reason === reason);
  return alike.length < MAX_EVIDENCE && !alike.some((one) => one.came.hash === came.hash);
}

/** A store in memory: for a page, or for a program that imports a bundle at each start. */
export function memoryStore(): GateStore {
  let kept: StoredState | undefined;
  const evidence: Evidence[] = [];
  return {
    load: async () => kept,
    async save(next) {
      kept = next;
    },
    async saveSeen(seen) {
      if (kept !== undefined) kept = { ...kept, seen };
    },
    async addEvidence(one) {
      if (isNewEvidence(evidence, one)) evidence.push(one);
    },
    evidence: async () => [...evidence],
    close: async () => {},
  };
}
