import { LANGUAGES, type Language } from "./words/words.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** A network descriptor, and where it comes from. */
export interface Trusted {
  readonly descriptor: unknown;
  /** `reader`: the page's user gave its file or hash; `node`: the node served it. */
  readonly from: "reader" | "node";
}

/** What the browser stores for its user between visits. A token is never stored. */
export interface Kept {
  readonly language: Language;
  readonly theme: Theme;
  /** The descriptor that the user gave. */
  readonly descriptor: unknown;
  /** URLs of nodes that the user named. */
  readonly nodes: readonly string[];
  /** The highest block that each node ever reported as finalized. */
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
    // A browser without storage loses the user's choice with the page; nothing else changes.
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
