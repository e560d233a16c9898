import { firstDifference } from "../index/healing/first-difference.ts";
import { sameRoots } from "../index/roots.ts";
import type { Digest, Held } from "./digest.ts";

/**
 * Where two nodes part:
 * - `roots`: from block `block` on they hold other events;
 * - `content`: their events are the same, but what they keep of them is not: `block` is the first at which this was seen.
 */
export interface Difference {
  readonly what: "roots" | "content";
  readonly block: number;
}

export interface CompareOptions {
  readonly ours: Digest;
  readonly theirs: Digest;
  /** What each node holds as of a block up to that of its digest. */
  readonly heldAt: {
    readonly ours: (block: number) => Promise<Held>;
    readonly theirs: (block: number) => Promise<Held>;
  };
  /** First block that can hold an event. */
  readonly fromBlock: number;
}

/**
 * Compares what two nodes hold, as of the newest block that both know to stay.
 * @returns `undefined` where they agree. Throws what `heldAt` throws.
 */
export async function compareDigests({
  ours,
  theirs,
  heldAt,
  fromBlock,
}: CompareOptions): Promise<Difference | undefined> {
  const both = async (block: number): Promise<[Held, Held]> => [
    ours.block === block ? ours : await heldAt.ours(block),
    theirs.block === block ? theirs : await heldAt.theirs(block),
  ];
  const agree = async (block: number) => {
    const [one, other] = await both(block);
    return sameRoots(one.roots, other.roots);
  };
  const upTo = Math.min(ours.block, theirs.block);
  if (upTo < fromBlock) return undefined;
  const [our, their] = await both(upTo);
  if (!sameRoots(our.roots, their.roots)) {
    return { what: "roots", block: await firstDifference(agree, fromBlock, upTo) };
  }
  const [one, other] = [our.content, their.content];
  const isOther = one !== null && one.schemaVersion === other?.schemaVersion && one.hash !== other.hash;
  return isOther ? { what: "content", block: upTo } : undefined;
}
