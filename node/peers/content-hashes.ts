import type { ContentHash } from "../store/content/scan.ts";

/** So many are kept: another node may be a while behind. */
const KEPT = 4;

export interface ContentHashesOptions {
  /** Blocks between two hashes: one is made as of each multiple of it. */
  readonly every: number;
  /** The content hash as of a block that stays. Whatever is committed meanwhile is left out. */
  readonly hashAt: (block: number) => Promise<ContentHash | undefined>;
  readonly onFault: (error: unknown) => void;
}

/**
 * Content hashes as of blocks on which all nodes agree beforehand: the multiples of a number. Only blocks that are followed
 * one by one are seen; what a backfill passes over is hashed at the next multiple.
 */
export class ContentHashes {
  readonly #options: ContentHashesOptions;
  #made: readonly ContentHash[] = [];
  #making: Promise<void> | undefined;

  constructor(options: ContentHashesOptions) {
    this.#options = options;
  }

  /** Those that were made last, oldest first. */
  get made(): readonly ContentHash[] {
    return this.#made;
  }

  /**
   * Takes each finalized block, before anything else is committed. While one hash is being made no
   * other one is begun.
   */
  settled(block: number): void {
    const { every, hashAt, onFault } = this.#options;
    if (block % every !== 0 || this.#making !== undefined || this.#made.some((one) => one.block === block)) return;
    this.#making = hashAt(block)
      .then((hash) => {
        if (hash !== undefined) this.#made = [...this.#made, hash].slice(-KEPT);
      }, onFault)
      .finally(() => {
        this.#making = undefined;
      });
  }

  /** What was hashed was wrong, or may have been. */
  forget(): void {
    this.#made = [];
  }

  /** When what is being made now is done. */
  async done(): Promise<void> {
    await this.#making;
  }
}
