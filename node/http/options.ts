import { ResolutionError } from "../../resolver/errors.ts";

/** @throws ResolutionError `INVALID_OPTIONS` naming the options that the route does not have. */
export function expectOptions(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...new Set(query.keys())].filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const got = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  const wanted = known.length === 0 ? "none here" : known.join(", ");
  throw new ResolutionError("INVALID_OPTIONS", `Got the options ${got.join(", ")}, wanted ${wanted}`);
}
