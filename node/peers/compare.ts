import { firstDifference } from "../index/healing/first-difference.ts";
import { sameRoots } from "../index/roots.ts";
import type { Digest, IndexHashes } from "./digest.ts";

/**
 * Where two nodes differ:
 * - `roots`: from block `block` on they have different events;
 * - `content`: their events are equal but their content is not; `block` is the one as of which they were compared.
 */
export interface Difference {
  readonly what: "roots" | "content";
  readonly block: number;
}

export interface CompareOptions {
  readonly ours: Digest;
  readonly theirs: Digest;
  /** The roots and content hash of each node as of a block at or below that of its digest. */
  readonly hashesAt: {
    readonly ours: (block: number) => Promise<IndexHashes>;
    readonly theirs: (block: number) => Promise<IndexHashes>;
  };
  /** First block that can have an event. */
  readonly fromBlock: number;
}

/**
 * Compares two nodes as of the newest block that neither will undo.
 * @returns `undefined` when they agree.
 * @throws errors of `hashesAt`.
 */
export async function compareDigests({
  ours,
  theirs,
  hashesAt,
  fromBlock,
}: CompareOptions): Promise<Difference | undefined> {
  const both = async (block: number): Promise<[IndexHashes, IndexHashes]> => [
    ours.block === block ? ours : await hashesAt.ours(block),
    theirs.block === block ? theirs : await hashesAt.theirs(block),
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
