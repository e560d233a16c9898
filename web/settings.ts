import { LANGUAGES, type Language } from "./words/words.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** A network descriptor, and who says that it is the one. */
export interface Trusted {
  readonly descriptor: unknown;
  /** `reader`: its file or hash was given by who reads the page; `node`: the node that is shown says so. */
  readonly from: "reader" | "node";
}

/** What the browser keeps for its reader between visits. A token is never among it. */
export interface Kept {
  readonly language: Language;
  readonly theme: Theme;
  /** The descriptor that the reader gave. */
  readonly descriptor: unknown;
  /** URLs of nodes that the reader named. */
  readonly nodes: readonly string[];
  /** The highest block that each node ever said to stay. */
  readonly seen: Readonly<Record<string, number>>;
}

const NAME = "mapae";

export function readKept(): Kept {
  const kept = parsed();
  const { nodes, seen } = kept;
  return {
    language: LANGUAGES.find((one) => one === kept.language) ?? (navigator.language.startsWith("ko") ? "ko" : "en"),
    theme: THEMES.find((one) => one === kept.theme) ?? "auto",
    descriptor: kept.descriptor,
    nodes: Array.isArray(nodes) ? nodes.filter((one) => typeof one === "string") : [],
    seen: typeof seen === "object" && seen !== null ? (seen as Record<string, number>) : {},
  };
}

export function keep(changed: Partial<Kept>): void {
  try {
    localStorage.setItem(NAME, JSON.stringify({ ...parsed(), ...changed }));
  } catch {
    // A browser that keeps nothing forgets the reader's choice with the page, and shows the same.
  }
}

function parsed(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
