import { LruCache } from "../../resolver/primitives/lru.ts";
import { writeBundle } from "../../resolver/proofs/bundle.ts";
import { tagOf } from "../http/answer.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import type { BundleQuestion, MadeBundle } from "./make-bundle.ts";
import type { SealedBlocks } from "./sealed-blocks.ts";

/** Bytes of cached bundles: about 200 bundles of a nation. */
export const MAX_KEPT_BYTES = 64 * 1_048_576;

/** A bundle as it is sent. */
export interface ReadyBundle {
  readonly block: BlockRef;
  readonly bytes: Buffer;
  /** Entity tag of `bytes`. */
  readonly etag: string;
}

export interface BundlesOptions {
  readonly blocks: SealedBlocks;
  readonly make: (question: BundleQuestion) => Promise<MadeBundle | undefined>;
}

/** Bundles as of the newest sealed block. Each is made once per block and then cached. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #kept = new LruCache<string, ReadyBundle>({
    max: MAX_KEPT_BYTES,
    sizeOf: ({ bytes }) => bytes.length,
  });
  /** Bundles that are being made, by question and block. */
  readonly #making = new Map<string, Promise<ReadyBundle | undefined>>();

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  /**
   * @returns `undefined` when no block after `since` can be proven yet.
   * @throws errors of `make`.
   */
  async of({ types, since }: BundleQuestion): Promise<ReadyBundle | undefined> {
    const sorted = [...new Set(types)].sort();
    const { block } = await this.#options.blocks.newest();
    const key = `${block.hash} ${since ?? "whole"} ${sorted.join(" ")}`;
    const known = this.#kept.get(key) ?? this.#making.get(key);
    if (known !== undefined) return known;
    const making = this.#make({ types: sorted, since }).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    const made = await making;
    if (made?.block.hash === block.hash) this.#kept.set(key, made);
    return made;
  }

  async #make(question: BundleQuestion): Promise<ReadyBundle | undefined> {
    const made = await this.#options.make(question);
    if (made === undefined) return undefined;
    const bytes = Buffer.from(await writeBundle(made.bundle));
    return { block: made.block, bytes, etag: `"${tagOf(bytes)}"` };
  }
}
