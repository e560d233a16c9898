import { ResolutionError } from "../../resolver/errors.ts";
import { REPRESENTATIONS, type Representation } from "../../resolver/representation.ts";

/** The whole result of a resolution, metadata included (DID Resolution v1, "HTTP(S) Binding"). */
export const RESULT = "application/did-resolution";

const RESULT_ALIASES = [RESULT, "application/json", "application/ld+json", "application/*", "*/*"];

/** Most media ranges of an `Accept` header that are looked at. */
const MAX_RANGES = 20;

/** What a client wants: the whole result, or the document alone in one representation. */
export type Wanted = typeof RESULT | Representation;

/**
 * Reads an `Accept` header (RFC 9110, section 12.5.1): the range of highest weight that is served, the first of equals.
 * @throws ResolutionError `REPRESENTATION_NOT_SUPPORTED` when none is.
 */
export function negotiate(accept: string | undefined): Wanted {
  if (accept === undefined || accept.trim() === "") return RESULT;
  let best: { wanted: Wanted; weight: number } | undefined;
  for (const range of accept.split(",", MAX_RANGES)) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const wanted = RESULT_ALIASES.includes(type) ? RESULT : REPRESENTATIONS.find((one) => one === type);
    const weight = weightOf(parameters);
    if (wanted !== undefined && weight > (best?.weight ?? 0)) best = { wanted, weight };
  }
  if (best !== undefined) return best.wanted;
  throw new ResolutionError(
    "REPRESENTATION_NOT_SUPPORTED",
    `Got Accept ${JSON.stringify(accept.slice(0, 200))}, served are ${[RESULT, ...REPRESENTATIONS].join(", ")}`,
  );
}

function weightOf(parameters: string[]): number {
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  if (q === undefined) return 1;
  const weight = /^[01](?:\.\d{0,3})?$/.test(q) ? Number(q) : 0;
  return weight <= 1 ? weight : 0;
}
