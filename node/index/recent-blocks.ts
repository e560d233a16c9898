import type { Header } from "../../resolver/chain/chain-reader.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";

/** A block that the index holds; `time` is in Unix seconds. */
export interface BlockRef {
  readonly number: number;
  readonly hash: Hash;
  readonly time: number;
}

export function blockRef({ number, hash, time }: Header): BlockRef {
  return { number, hash, time };
}

/**
 * The newest blocks of an index, without a gap: enough to detect a reorganisation and its depth, even when none of its
 * blocks has an event. The lowest one, the floor, can't be undone. Immutable.
 */
export class RecentBlocks<Block extends BlockRef = BlockRef> {
  readonly #blocks: readonly Block[];

  /** @param blocks Oldest first, numbered without a gap. */
  constructor(blocks: readonly Block[] = []) {
    this.#blocks = blocks;
  }

  get tip(): Block | undefined {
    return this.#blocks.at(-1);
  }

  get floor(): Block | undefined {
    return this.#blocks[0];
  }

  at(number: number): Block | undefined {
    return this.floor && this.#blocks[number - this.floor.number];
  }

  /** These blocks and one more, without those below the floor; the newest always stays. */
  with(block: Block, floor: number): RecentBlocks<Block> {
    const blocks = [...this.#blocks, block];
    return new RecentBlocks(blocks.filter(({ number }) => number >= Math.min(floor, block.number)));
  }

  /** These blocks without those above a number. */
  upTo(number: number): RecentBlocks<Block> {
    return new RecentBlocks(this.#blocks.filter((block) => block.number <= number));
  }

  *[Symbol.iterator](): Iterator<Block> {
    yield* this.#blocks;
  }
}
