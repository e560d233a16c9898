import { ResolutionError } from "../../../resolver/errors.ts";
import { REPRESENTATIONS, type Representation } from "../../../resolver/resolution/representation.ts";
import { readRanges } from "./media-range.ts";
import { chooseOffer, type Offer } from "./media-type.ts";

/** The whole result of a resolution, metadata included (DID Resolution v1, "HTTP(S) Binding"). */
export const RESULT = "application/did-resolution";

/** The whole result of dereferencing, metadata included. */
export const DEREFERENCING_RESULT = "application/did-url-dereferencing";

/** URLs of a service: the client is redirected to the service. */
export const URI_LIST = "text/uri-list";

/** Plain media types in which a part is also served, each with the representation of DID Core 1.0 that has the same bytes. */
export const PLAIN = {
  "application/json": "application/did+json",
  "application/ld+json": "application/did+ld+json",
} as const satisfies Record<string, Representation>;

/** The media type of an answer: a whole result, only the document or a part of it, or a redirect to a service. */
type Type = typeof RESULT | typeof DEREFERENCING_RESULT | typeof URI_LIST | Representation | keyof typeof PLAIN;

/** What a client wants: an answer of this type, with the document or part in this representation. */
export interface Wanted {
  readonly type: Type;
  readonly representation: Representation;
}

/** The media types that are served. */
export interface Served {
  /** The preferred type first. */
  readonly offers: readonly Offer<Type>[];
  /** The representation inside a whole result, unless the client names one. */
  readonly inResult: Representation;
}

const ANY_RESULT = ["application/json", "application/ld+json", "application/*", "*/*"];
const DOCUMENTS: readonly Offer<Type>[] = REPRESENTATIONS.map((one) => [one, [one, "application/*", "*/*"]] as const);

/** For a DID, or a DID URL that names a whole document. */
export const SERVED_OF_DOCUMENT: Served = {
  offers: [[RESULT, [RESULT, ...ANY_RESULT]], ...DOCUMENTS, [DEREFERENCING_RESULT, [DEREFERENCING_RESULT]]],
  inResult: "application/did",
};

/** For a DID URL that names a part of a document. */
export const SERVED_OF_PART: Served = {
  offers: [
    [DEREFERENCING_RESULT, [DEREFERENCING_RESULT, "application/*", "*/*"]],
    ...DOCUMENTS,
    // In contrast to documents, these types request only the content, as in the W3C's tests of the HTTP(S) binding.
    ["application/json", ["application/json"]],
    ["application/ld+json", ["application/ld+json"]],
    [URI_LIST, [URI_LIST, "text/*"]],
  ],
  inResult: "application/did",
};

/** Profiles with which older clients request a result. */
const PROFILES: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["https://w3id.org/did-resolution", RESULT],
  ["https://w3id.org/did-url-dereferencing", DEREFERENCING_RESULT],
]);

/**
 * Reads an `Accept` header, and chooses by the rule of {@link chooseOffer}. A whole result contains the representation that
 * the header also names, chosen by the same rule, otherwise `application/did`: the Universal Resolver and its clients send
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
