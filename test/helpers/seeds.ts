import fc from "fast-check";

/** The default seed. It is fixed, so that a change never fails because of another seed. */
const FIXED = 20_261_129;

/**
 * The seed of a randomised test: from a variable, otherwise the same in every run. With `TEST_SEEDS=random`, as in
 * `npm run test:random`, every run has another one; a failing test prints it.
 */
export function seedOf(variable: string): number {
  const chosen = process.env[variable];
  if (chosen !== undefined) return Number(chosen);
  return process.env.TEST_SEEDS === "random" ? Date.now() % 1_000_000 : FIXED;
}

// This module is imported before each test file, so that properties without a seed have this one.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf("FC_SEED") });
