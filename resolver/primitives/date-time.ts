/**
 * Reads an XML Schema `dateTimeStamp`, the format of moments in the W3C's data model: with a time zone, and on an existing day.
 * `Date.parse` alone reads the 30th of February as a day of March.
 *
 * @returns Unix time in seconds, with its fraction; `undefined` for anything else.
 */
export function parseDateTime(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const [, local, fraction = "", zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(value) ?? [];
  if (local === undefined) return undefined;
  const asUtc = Date.parse(`${local}Z`);
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 19) !== local) return undefined;
  const time = Date.parse(`${local}${zone}`) / 1_000;
  return Number.isNaN(time) ? undefined : time + Number(`0${fraction}`);
}

/** Reads `YYYY-MM-DDTHH:MM:SSZ`: a {@link parseDateTime} in UTC without a fraction, as moments in requests are. */
export function parseUtcSeconds(text: string): number | undefined {
  return text.length === "YYYY-MM-DDTHH:MM:SSZ".length && text.endsWith("Z") ? parseDateTime(text) : undefined;
}
