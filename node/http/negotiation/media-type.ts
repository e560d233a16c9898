import { readRanges } from "./media-range.ts";

/** A type, and the media ranges that ask for it, the most specific first. */
export type Offer<T extends string> = readonly [type: T, ranges: readonly string[]];

/** A media range that a client sent, and how much it is wanted, from 0 to 1. */
export interface WantedRange {
  readonly type: string;
  readonly weight: number;
}

/**
 * The one rule by which a media type is chosen (RFC 9110, section 12.5.1): of each type the most specific range decides, then the
 * highest weight wins, of equals the one that the client named first, else the one that is offered first.
 *
 * @param ranges in the order in which the client sent them; without any the first offer is taken.
 * @returns `undefined` when none is acceptable.
 */
export function chooseOffer<T extends string>(
  offers: readonly Offer<T>[],
  ranges: readonly WantedRange[],
): T | undefined {
  if (ranges.length === 0) return offers[0]?.[0];
  let found: { type: T; weight: number; place: number } | undefined;
  for (const [type, names] of offers) {
    const place = placeOf(names, ranges);
    const weight = ranges[place]?.weight ?? 0;
    if (weight === 0) continue;
    const wins = found === undefined || weight > found.weight || (weight === found.weight && place < found.place);
    if (wins) found = { type, weight, place };
  }
  return found?.type;
}

/** The type to answer an `Accept` header with, of types that have nothing in common: see {@link chooseOffer}. */
export function chooseType<T extends string>(accept: string | undefined, served: readonly T[]): T | undefined {
  const offers = served.map((type): Offer<T> => [type, [type, `${type.slice(0, type.indexOf("/"))}/*`, "*/*"]]);
  return chooseOffer(offers, readRanges(accept ?? ""));
}

/** Where the most specific of the names stands in the header; -1 when none does. */
function placeOf(names: readonly string[], ranges: readonly WantedRange[]): number {
  for (const name of names) {
    const place = ranges.findIndex(({ type }) => type === name);
    if (place >= 0) return place;
  }
  return -1;
}
