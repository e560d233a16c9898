/** The views of the page. The first is the default. */
export const VIEWS = [
  "overview",
  "search",
  "did",
  "types",
  "type",
  "list",
  "verify",
  "onboarding",
  "watch",
  "trust",
  "changes",
  "questions",
] as const;
export type ViewName = (typeof VIEWS)[number];

/** Views of the audit listener; all others belong to the public listener. */
export const AUDIT_VIEWS: readonly ViewName[] = ["changes", "questions"];

/** A place in the page, which is completely in its address, so that a link leads to the same place. */
export interface Route {
  readonly view: ViewName;
  /** The query without `view`. */
  readonly query: Readonly<Record<string, string>>;
}

/** Longest value that is read from an address, in characters. */
const MAX_VALUE_LENGTH = 2_000;

/** Reads a query string; an unknown view is replaced by the default. */
export function readRoute(search: string, first: ViewName = "overview"): Route {
  const { view, ...query } = Object.fromEntries(
    [...new URLSearchParams(search)].map(([name, value]) => [name, value.slice(0, MAX_VALUE_LENGTH)]),
  );
  return { view: VIEWS.find((one) => one === view) ?? first, query };
}

/** The address of a place, relative to the page; a value that is absent or empty is left out. */
export function hrefOf(view: ViewName, query: Readonly<Record<string, string | number | undefined>> = {}): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return `?${new URLSearchParams([["view", view], ...given])}`;
}
