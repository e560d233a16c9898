import type { Parameters } from "fast-check";
import { seedOf } from "./seeds.ts";

/** Parameters of a property. A failure prints its seed; `FC_SEED=<that seed>` runs the same again. */
export function runs<T>(numRuns: number): Parameters<T> {
  return { numRuns, seed: seedOf("FC_SEED") };
}
