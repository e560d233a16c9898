import { READINESS_TEXTS } from "../../resolver/readiness/readiness-texts.ts";
import { GRANT_FAULT_TEXTS } from "../../resolver/trust/grant-fault-texts.ts";
import { REASON_TEXTS } from "../../resolver/verifier/reason-texts.ts";
import en from "./en.json" with { type: "json" };
import ko from "./ko.json" with { type: "json" };

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
/**
 * The key of a text of the page, but for those of reasons (`why.`, `grantFault.`, `ready.`), which come with a verdict. Both languages have
 * all texts.
 */
export type Key = keyof typeof en;

/** The English text of each reason is the library's, which the command line prints too. */
const REASONS = {
  ...keyed("why", REASON_TEXTS),
  ...keyed("grantFault", GRANT_FAULT_TEXTS),
  ...keyed("ready", READINESS_TEXTS),
};
/** All texts by language and key. */
export const TEXTS: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en: { ...en, ...REASONS }, ko };

function keyed(group: string, texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${group}.${name}`, text]));
}

/** The page's texts, dates and numbers in one language. */
export interface Words {
  readonly language: Language;
  /** A text, with each `{name}` in it replaced. */
  readonly t: (key: Key, values?: Readonly<Record<string, string | number>>) => string;
  /** A text whose key has two parts, such as a group and a reason; the second part itself where there is no such text. */
  readonly of: (group: string, name: string) => string;
  /** A moment in Unix seconds, in the user's own time zone. */
  readonly date: (seconds: number) => string;
  readonly number: (value: number) => string;
  /** The time between a moment and now, as text. */
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

/** A time on the chain may be beyond what a date can express, because its writer chose it. */
function isDate(seconds: number): boolean {
  return Number.isFinite(seconds) && Math.abs(seconds) <= 8_640_000_000_000;
}
