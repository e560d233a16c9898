import { parseDateTime } from "../../resolver/primitives/date-time.ts";
import { CliError } from "../terminal/errors.ts";

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
