import { CHUNK_SIZE } from "../../../resolver/status/decode-status-log.ts";

/** The next number of a sequence that is the same in each run. */
export function nextSeed(seed: number): number {
  return (seed * 48_271) % 2_147_483_647;
}

/** Distinct pseudo-random indexes of a list. The same seed gives the same indexes, so each run measures the same list. */
export function randomIndexes(list: { size: number; count: number; seed: number }): ReadonlySet<number> {
  const found = new Set<number>();
  for (let { seed } = list; found.size < list.count; ) {
    seed = nextSeed(seed);
    found.add(seed % list.size);
  }
  return found;
}

/** The bits of indexes, by the number of the chunk that contains them. */
export function chunksOf(indexes: Iterable<number>): Map<number, bigint> {
  const chunks = new Map<number, bigint>();
  for (const index of indexes) {
    const chunk = Math.floor(index / CHUNK_SIZE);
    chunks.set(chunk, (chunks.get(chunk) ?? 0n) | (1n << BigInt(index % CHUNK_SIZE)));
  }
  return chunks;
}

/** A change of one chunk, as a parameter of the registry's `update`. */
export type Change = readonly [word: number, revoke: bigint, suspend: 0, reinstate: 0];

/** Revocations as parameters of `update`, which requires ascending chunks. */
export function revocationsOf(indexes: Iterable<number>): Change[] {
  return [...chunksOf(indexes)].sort(([a], [b]) => a - b).map(([word, revoke]) => [word, revoke, 0, 0]);
}
