import type { Parameters } from "fast-check";

/**
 * Parameters of a property. Every run has a new seed, which a failure prints; `FC_SEED=<that seed>` runs the same again.
 */
export function runs<T>(numRuns: number): Parameters<T> {
  const { FC_SEED: seed } = process.env;
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) };
}
