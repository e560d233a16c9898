/** How a gate's clock compares with the latest time that it saw, also before a restart. */
export type ClockState = "good" | "behind" | "ahead";

/** Seconds by which a clock may be set back, for example by a correction. */
const SET_BACK = 300;

/** The time that a gate uses. */
export interface JudgedClock {
  readonly state: ClockState;
  /** Unix time in seconds; never before the latest time that was seen. */
  readonly now: number;
}

/**
 * Judges a clock. A clock before the latest time that was seen is wrong, and the real time is at least that. With a clock far
 * ahead of it, either the gate was switched off for long or the clock is wrong: a gate can't distinguish the two.
 *
 * @param seen the latest time that was seen: of a proven block, or of this clock while it was good; in Unix seconds.
 */
export function judgeClock(clock: number, seen: number, maxAhead: number): JudgedClock {
  if (clock < seen - SET_BACK) return { state: "behind", now: seen };
  return { state: clock > seen + maxAhead ? "ahead" : "good", now: Math.max(clock, seen) };
}
