import { parseDateTime } from "../../resolver/primitives/date-time.ts";
import { dateTime } from "../../resolver/resolution/resolve.ts";
import { CliError } from "../terminal/errors.ts";

/** The first second of the year 10000, whose date would have five digits. The registry's cap keeps real times below. */
const YEAR_10000 = 253_402_300_800;

/** A moment, given in Unix seconds, as text. */
export function moment(seconds: number): string {
  return seconds < YEAR_10000 ? dateTime(seconds) : `second ${seconds}`;
}

/**
 * Parses a moment such as 2026-11-24T09:00:00Z: a day has to exist, without a time it is its beginning in UTC, and seconds may be
 * left out.
 * @returns Unix seconds
 * @throws CliError `INVALID_INPUT`
 */
export function parseTime(text: string): number {
  const [, day, minute = "T00:00", second = ":00", zone = "Z"] =
    /^(\d{4}-\d\d-\d\d)(?:(T\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.exec(text) ?? [];
  const time = parseDateTime(`${day}${minute}${second}${zone}`);
  if (time !== undefined && time >= 0) return time;
  throw new CliError(
    "INVALID_INPUT",
    `A time is like 2026-11-24T09:00:00Z, on a day that exists; got ${JSON.stringify(text.slice(0, 40))}`,
  );
}
