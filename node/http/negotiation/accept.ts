import { ResolutionError } from "../../../resolver/errors.ts";
import { REPRESENTATIONS, type Representation } from "../../../resolver/resolution/representation.ts";
import { readRanges } from "./media-range.ts";
import { chooseOffer, type Offer } from "./media-type.ts";

/** The whole result of a resolution, metadata included (DID Resolution v1, "HTTP(S) Binding"). */
export const RESULT = "application/did-resolution";

/** The whole result of dereferencing, metadata included. */
export const DEREFERENCING_RESULT = "application/did-url-dereferencing";

/** URLs of a service: the client is sent to it. */
export const URI_LIST = "text/uri-list";

/** Plain media types in which a part is given too, and the representation of DID Core 1.0 that each one has the bytes of. */
export const PLAIN = {
  "application/json": "application/did+json",
  "application/ld+json": "application/did+ld+json",
} as const satisfies Record<string, Representation>;

/** The media type of an answer: a whole result, the document or part of it alone, or to be sent to a service. */
type Type = typeof RESULT | typeof DEREFERENCING_RESULT | typeof URI_LIST | Representation | keyof typeof PLAIN;

/** What a client wants: an answer of this type, with document or part in this representation. */
export interface Wanted {
  readonly type: Type;
  readonly representation: Representation;
}

/** What is served. */
export interface Served {
  /** The first choice first. */
  readonly offers: readonly Offer<Type>[];
  /** What is inside a whole result unless the client names a representation. */
  readonly inResult: Representation;
}

const ANY_RESULT = ["application/json", "application/ld+json", "application/*", "*/*"];
const DOCUMENTS: readonly Offer<Type>[] = REPRESENTATIONS.map((one) => [one, [one, "application/*", "*/*"]] as const);

/** Of a DID, or a DID URL that names a whole document. */
export const SERVED_OF_DOCUMENT: Served = {
  offers: [[RESULT, [RESULT, ...ANY_RESULT]], ...DOCUMENTS, [DEREFERENCING_RESULT, [DEREFERENCING_RESULT]]],
  inResult: "application/did",
};

/** Of a DID URL that names a part of a document. */
export const SERVED_OF_PART: Served = {
  offers: [
    [DEREFERENCING_RESULT, [DEREFERENCING_RESULT, "application/*", "*/*"]],
    ...DOCUMENTS,
    // Unlike with a document these ask for the content alone, as the W3C's tests of the HTTP(S) binding have it.
    ["application/json", ["application/json"]],
    ["application/ld+json", ["application/ld+json"]],
    [URI_LIST, [URI_LIST, "text/*"]],
  ],
  inResult: "application/did",
};

/** Profiles by which older clients ask for a result. */
const PROFILES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["https://w3id.org/did-resolution", RESULT],
  ["https://w3id.org/did-url-dereferencing", DEREFERENCING_RESULT],
]);

/**
 * Reads an `Accept` header, and chooses as {@link chooseOffer} does. Inside a whole result is the representation that the header
 * names beside it, chosen in the same way, else `application/did`: the Universal Resolver and its clients ask for
 * `application/did-resolution,application/did+ld+json`.
 * @throws ResolutionError `REPRESENTATION_NOT_SUPPORTED` when nothing served is acceptable.
 */
export function negotiate(accept: string | undefined, served: Served): Wanted {
  const wanted = acceptable(accept, served);
  if (wanted !== undefined) return wanted;
  const types = served.offers.map(([type]) => type).join(", ");
  const detail = `Got Accept ${JSON.stringify(accept?.slice(0, 200))}, served are ${types}`;
  throw new ResolutionError("REPRESENTATION_NOT_SUPPORTED", detail);
}

/** The same; `undefined` when nothing served is acceptable. */
export function acceptable(accept: string | undefined, served: Served): Wanted | undefined {
  const ranges = readRanges(accept ?? "").map(({ type, profile, weight }) => ({
    type: PROFILES.get(profile ?? "") ?? type,
    weight,
  }));
  const type = chooseOffer(served.offers, ranges);
  if (type === undefined) return undefined;
  if (isRepresentation(type)) return { type, representation: type };
  if (type in PLAIN) return { type, representation: PLAIN[type as keyof typeof PLAIN] };
  const named = served.offers.flatMap(([one]): Offer<Representation>[] =>
    isRepresentation(one) ? [[one, [one]]] : [],
  );
  const representation = ranges.length === 0 ? undefined : chooseOffer(named, ranges);
  return { type, representation: representation ?? served.inResult };
}

function isRepresentation(type: Type): type is Representation {
  return REPRESENTATIONS.some((one) => one === type);
}
