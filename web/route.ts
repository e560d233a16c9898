/** What can be looked at. The first is where one begins. */
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

/** Views of the audit listener's part; all others are of the public one. */
export const AUDIT_VIEWS: readonly ViewName[] = ["changes", "questions"];

/** A place in the page: all of it stands in its address, so that a link leads to the same. */
export interface Route {
  readonly view: ViewName;
  /** Without `view`. */
  readonly query: Readonly<Record<string, string>>;
}

/** Longest text that is taken from an address, in characters. */
const MAX_VALUE_LENGTH = 2_000;

/** Reads a query string; what it does not know leads to where one begins. */
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
