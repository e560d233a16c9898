/** A length of time, in the largest unit of which it is a whole multiple. */
export interface Duration {
  readonly unit: "none" | "minutes" | "hours" | "days" | "years";
  readonly count: number;
}

const FORMAT = /^P(?:(\d+)Y)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Reads an ISO 8601 duration of years, days, hours, minutes or seconds; `undefined` for other text. */
export function durationOf(text: string): Duration | undefined {
  const found = FORMAT.exec(text);
  if (found === null || text === "P" || text.endsWith("T")) return undefined;
  const [years = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((one) => Number(one ?? 0));
  if (years > 0 && days + hours + minutes + seconds === 0) return { unit: "years", count: years };
  const all = (((years * 365 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  if (all === 0) return { unit: "none", count: 0 };
  if (all % 86_400 === 0) return { unit: "days", count: all / 86_400 };
  if (all % 3_600 === 0) return { unit: "hours", count: all / 3_600 };
  return { unit: "minutes", count: Math.ceil(all / 60) };
}
