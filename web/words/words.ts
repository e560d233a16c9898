import en from "./en.json" with { type: "json" };
import ko from "./ko.json" with { type: "json" };

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
/** A text of the page, by what it is for. Both languages have all of them. */
export type Key = keyof typeof en;

const TEXTS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, ko };

/** The page's texts, dates and numbers in one language. */
export interface Words {
  readonly language: Language;
  /** A text, with `{name}` in it replaced. */
  readonly t: (key: Key, values?: Readonly<Record<string, string | number>>) => string;
  /** A text whose key is made of parts, such as a reason; the last part itself where there is none. */
  readonly of: (group: string, name: string) => string;
  /** A moment in Unix seconds, in the reader's own time zone. */
  readonly date: (seconds: number) => string;
  readonly number: (value: number) => string;
  /** How long ago or ahead a moment is. */
  readonly ago: (seconds: number, now: number) => string;
}

export function wordsIn(language: Language): Words {
  const texts = TEXTS[language];
  const fill = (text: string, values: Readonly<Record<string, string | number>>) =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
  const numbers = new Intl.NumberFormat(language);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    language,
    t: (key, values = {}) => fill(texts[key] ?? key, values),
    of: (group, name) => texts[`${group}.${name}`] ?? name,
    date: (seconds) => (isDate(seconds) ? dates.format(seconds * 1_000) : String(seconds)),
    number: (value) => numbers.format(value),
    ago(seconds, now) {
      if (!isDate(seconds)) return String(seconds);
      const [unit, size] = UNITS.find(([, least]) => Math.abs(now - seconds) >= least) ?? ["second", 1];
      return relative.format(Math.round((seconds - now) / size), unit);
    },
  };
}

const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[];

/** Who writes to the chain may choose a time that no calendar has. */
function isDate(seconds: number): boolean {
  return Number.isFinite(seconds) && Math.abs(seconds) <= 8_640_000_000_000;
}
