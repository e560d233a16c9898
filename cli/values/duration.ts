import { CliError } from "../terminal/errors.ts";

const SECONDS_IN = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** Default validity of keys and services. */
export const DEFAULT_VALIDITY = "365d";

/**
 * Reads a duration such as `90s`, `15m`, `12h` or `365d`.
 * @returns seconds
 * @throws CliError `INVALID_INPUT`
 */
export function parseDuration(text: string): number {
  const [, count, unit] = /^([0-9]{1,9})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new CliError(
      "INVALID_INPUT",
      `A duration is a number with s, m, h or d, such as 365d; got ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  return Number(count) * SECONDS_IN[unit as keyof typeof SECONDS_IN];
}

/** Longest pause of a timer, in seconds: Node ends a longer one at once. */
const MAX_PAUSE_S = 2_147_483;

/**
 * Reads the duration of a pause between two looks at something.
 * @returns seconds, from 1 to {@link MAX_PAUSE_S}, which is 24 days
 * @throws CliError `INVALID_INPUT`
 */
export function parsePause(text: string): number {
  const seconds = parseDuration(text);
  if (seconds >= 1 && seconds <= MAX_PAUSE_S) return seconds;
  throw new CliError("INVALID_INPUT", `A pause is from 1s to 24d; got ${text}`);
}
