import { ResolutionError } from "../../../resolver/errors.ts";
import { REPRESENTATIONS, type Representation } from "../../../resolver/resolution/representation.ts";
import { readRanges } from "./media-range.ts";

/** The whole result of a resolution, metadata included (DID Resolution v1, "HTTP(S) Binding"). */
export const RESULT = "application/did-resolution";

/** The whole result of dereferencing, metadata included. */
export const DEREFERENCING_RESULT = "application/did-url-dereferencing";

/** URLs of a service: the client is sent to it. */
export const URI_LIST = "text/uri-list";

/** What a client wants: a whole result, the document or part of it alone in one representation, or to be sent to a service. */
export type Wanted = typeof RESULT | typeof DEREFERENCING_RESULT | typeof URI_LIST | Representation;

/** The types that are served, the first choice first, and the media ranges that ask for each, the most specific first. */
export type Served = readonly (readonly [wanted: Wanted, ranges: readonly string[]])[];

const ANY_RESULT = ["application/json", "application/ld+json", "application/*", "*/*"];
const DOCUMENTS: Served = REPRESENTATIONS.map((one) => [one, [one, "application/*", "*/*"]] as const);

/** Of a DID, or a DID URL that names a whole document. */
export const SERVED_OF_DOCUMENT: Served = [
  [RESULT, [RESULT, ...ANY_RESULT]],
  ...DOCUMENTS,
  [DEREFERENCING_RESULT, [DEREFERENCING_RESULT]],
];

/** Of a DID URL that names a part of a document. */
export const SERVED_OF_PART: Served = [
  [DEREFERENCING_RESULT, [DEREFERENCING_RESULT, ...ANY_RESULT]],
  ...DOCUMENTS,
  [URI_LIST, [URI_LIST, "text/*"]],
];

/** Profiles by which older clients ask for a result. */
const PROFILES: ReadonlyMap<string, Wanted> = new Map([
  ["https://w3id.org/did-resolution", RESULT],
  ["https://w3id.org/did-url-dereferencing", DEREFERENCING_RESULT],
]);

/**
 * Reads an `Accept` header (RFC 9110, section 12.5.1): of each type that is served the most specific range decides, then
 * the highest weight wins, of equals the one that the client named first.
 * @throws ResolutionError `REPRESENTATION_NOT_SUPPORTED` when nothing served is acceptable.
 */
export function negotiate(accept: string | undefined, served: Served): Wanted {
  const wanted = acceptable(accept, served);
  if (wanted !== undefined) return wanted;
  const types = served.map(([type]) => type).join(", ");
  const detail = `Got Accept ${JSON.stringify(accept?.slice(0, 200))}, served are ${types}`;
  throw new ResolutionError("REPRESENTATION_NOT_SUPPORTED", detail);
}

/** The same; `undefined` when nothing served is acceptable. */
export function acceptable(accept: string | undefined, served: Served): Wanted | undefined {
  if (accept === undefined || accept.trim() === "") return served[0]?.[0];
  const ranges = readRanges(accept).map(({ type, profile, weight }) => ({
    type: PROFILES.get(profile ?? "") ?? type,
    weight,
  }));
  let best: { wanted: Wanted; weight: number; place: number } | undefined;
  for (const [wanted, names] of served) {
    const place = placeOf(names, ranges);
    const weight = ranges[place]?.weight ?? 0;
    if (weight === 0) continue;
    const wins = best === undefined || weight > best.weight || (weight === best.weight && place < best.place);
    if (wins) best = { wanted, weight, place };
  }
  return best?.wanted;
}

/** Where the most specific of the names stands in the header; -1 when none does. */
function placeOf(names: readonly string[], ranges: readonly { readonly type: string }[]): number {
  for (const name of names) {
    const place = ranges.findIndex(({ type }) => type === name);
    if (place >= 0) return place;
  }
  return -1;
}
