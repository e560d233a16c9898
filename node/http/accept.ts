import { ResolutionError } from "../../resolver/errors.ts";
import { REPRESENTATIONS, type Representation } from "../../resolver/representation.ts";

/** The whole result of a resolution, metadata included (DID Resolution v1, "HTTP(S) Binding"). */
export const RESULT = "application/did-resolution";

/** What a client wants: the whole result, or the document alone in one representation. */
export type Wanted = typeof RESULT | Representation;

/** The media ranges that ask for each type that is served, the most specific first. */
const RANGES_FOR: readonly (readonly [wanted: Wanted, ranges: readonly string[]])[] = [
  [RESULT, [RESULT, "application/json", "application/ld+json", "application/*", "*/*"]],
  ...REPRESENTATIONS.map((one): [Wanted, string[]] => [one, [one, "application/*", "*/*"]]),
];

/** Most media ranges of an `Accept` header that are looked at. */
const MAX_RANGES = 20;

/**
 * Reads an `Accept` header (RFC 9110, section 12.5.1): of each type that is served the most specific range decides, then
 * the highest weight wins, of equals the one that the client named first.
 * @throws ResolutionError `REPRESENTATION_NOT_SUPPORTED` when nothing served is acceptable.
 */
export function negotiate(accept: string | undefined): Wanted {
  if (accept === undefined || accept.trim() === "") return RESULT;
  const ranges = accept.split(",", MAX_RANGES).map(readRange);
  let best: { wanted: Wanted; weight: number; place: number } | undefined;
  for (const [wanted, names] of RANGES_FOR) {
    const place = placeOf(names, ranges);
    const weight = ranges[place]?.weight ?? 0;
    if (weight === 0) continue;
    const wins = best === undefined || weight > best.weight || (weight === best.weight && place < best.place);
    if (wins) best = { wanted, weight, place };
  }
  if (best !== undefined) return best.wanted;
  const served = RANGES_FOR.map(([wanted]) => wanted).join(", ");
  throw new ResolutionError(
    "REPRESENTATION_NOT_SUPPORTED",
    `Got Accept ${JSON.stringify(accept.slice(0, 200))}, served are ${served}`,
  );
}

interface Range {
  readonly type: string;
  readonly weight: number;
}

function readRange(range: string): Range {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  return { type, weight: weightOf(parameters) };
}

/** Where the most specific of the names stands in the header; -1 when none does. */
function placeOf(names: readonly string[], ranges: readonly Range[]): number {
  for (const name of names) {
    const place = ranges.findIndex(({ type }) => type === name);
    if (place >= 0) return place;
  }
  return -1;
}

/** A weight that breaks the grammar counts as 0: what a client did not say is not guessed. */
function weightOf(parameters: readonly string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  if (q === undefined) return 1;
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0;
}
