import { firstDifference } from "../index/healing/first-difference.ts";
import { type Roots, sameRoots } from "../index/roots.ts";
import type { Digest } from "./digest.ts";

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
  /** Each node's roots as of a block up to that of its digest. */
  readonly rootsAt: {
    readonly ours: (block: number) => Promise<Roots>;
    readonly theirs: (block: number) => Promise<Roots>;
  };
  /** First block that can hold an event. */
  readonly fromBlock: number;
}

/**
 * Compares what two nodes hold, as of the newest block that both know to stay.
 * @returns `undefined` where they agree. Throws what `rootsAt` throws.
 */
export async function compareDigests({
  ours,
  theirs,
  rootsAt,
  fromBlock,
}: CompareOptions): Promise<Difference | undefined> {
  const agree = async (block: number) => {
    const at = ({ block: known, roots }: Digest) => (known === block ? roots : undefined);
    return sameRoots(at(ours) ?? (await rootsAt.ours(block)), at(theirs) ?? (await rootsAt.theirs(block)));
  };
  const upTo = Math.min(ours.block, theirs.block);
  if (upTo < fromBlock) return undefined;
  if (!(await agree(upTo))) return { what: "roots", block: await firstDifference(agree, fromBlock, upTo) };
  const other = ours.content.find((one) =>
    theirs.content.some(({ block, hash }) => block === one.block && hash !== one.hash),
  );
  return other && { what: "content", block: other.block };
}
