import fc from "fast-check";

/** The seed where none is chosen: a landing that nobody's change made red must not be. */
const FIXED = 20_261_129;

/**
 * The seed of a test that chooses at random: that of a variable, else the same in every run. `TEST_SEEDS=random`, as `npm run
 * test:random` has it, makes it another one in each run; a failing test prints it.
 */
export function seedOf(variable: string): number {
  const chosen = process.env[variable];
  if (chosen !== undefined) return Number(chosen);
  return process.env.TEST_SEEDS === "random" ? Date.now() % 1_000_000 : FIXED;
}

// This module is imported before each test file, so that properties that name no seed have this one.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: seedOf("FC_SEED") });
