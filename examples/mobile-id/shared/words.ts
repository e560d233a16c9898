import en from "./texts.en.json" with { type: "json" };
import ko from "./texts.ko.json" with { type: "json" };

export const LANGUAGES = ["ko", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextKey = keyof typeof en;

const TEXTS: Readonly<Record<Language, Readonly<Record<TextKey, string>>>> = { ko, en };

/** The texts of one language. */
export interface Words {
  readonly language: Language;
  /** A text with its `{values}` filled in. */
  (key: TextKey, values?: Readonly<Record<string, string | number>>): string;
  /** A text whose key comes from data; `otherwise` where there is no such text. */
  maybe(key: string, otherwise: string): string;
  time(seconds: number): string;
  day(seconds: number): string;
}

export function wordsOf(language: Language): Words {
  const texts = TEXTS[language];
  const say = (key: TextKey, values: Readonly<Record<string, string | number>> = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  const format = (options: Intl.DateTimeFormatOptions) => {
    const formatter = new Intl.DateTimeFormat(language === "ko" ? "ko-KR" : "en-GB", options);
    return (seconds: number) => formatter.format(seconds * 1_000);
  };
  return Object.assign(say, {
    language,
    maybe: (key: string, otherwise: string) => (Object.hasOwn(texts, key) ? texts[key as TextKey] : otherwise),
    time: format({ dateStyle: "medium", timeStyle: "short" }),
    day: format({ dateStyle: "long" }),
  });
}

/** The language of a browser; Korean where there are no texts in it. */
export function preferredLanguage(languages: readonly string[] = navigator.languages): Language {
  const wanted = languages.map((one) => one.split("-")[0]);
  return LANGUAGES.find((language) => language === wanted[0]) ?? "ko";
}
