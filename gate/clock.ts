/** How a gate's clock stands to the latest time that it saw, before it was switched off too. */
export type ClockState = "good" | "behind" | "ahead";

/** Seconds by which a clock may be set back, as when it is set right. */
const SET_BACK = 300;

/** What a gate takes for the time. */
export interface JudgedClock {
  readonly state: ClockState;
  /** Unix time in seconds; never before what was seen. */
  readonly now: number;
}

/**
 * Judges a clock. Time does not run backwards: one before what was seen is wrong, and it is at least as late as then. One far ahead
 * of it was off for long, or is wrong: nobody can say.
 *
 * @param seen the latest time that was seen: of a proven block, or of this clock while it was good; in Unix seconds.
 */
export function judgeClock(clock: number, seen: number, maxAhead: number): JudgedClock {
  if (clock < seen - SET_BACK) return { state: "behind", now: seen };
  return { state: clock > seen + maxAhead ? "ahead" : "good", now: Math.max(clock, seen) };
}
