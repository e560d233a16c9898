import { readRanges } from "./media-range.ts";

/** A type, and the media ranges that match it, the most specific first. */
export type Offer<T extends string> = readonly [type: T, ranges: readonly string[]];

/** A media range of a client, with its weight from 0 to 1. */
export interface WantedRange {
  readonly type: string;
  readonly weight: number;
}

/**
 * The rule for choosing a media type (RFC 9110, section 12.5.1). The most specific range determines the weight of each type,
 * and the highest weight wins; then the type that the client named first, then the one that is offered first.
 *
 * @param ranges in the order of the client; without any, the first offer is chosen.
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

/** Chooses by {@link chooseOffer} among types that do not match each other's ranges. */
export function chooseType<T extends string>(accept: string | undefined, served: readonly T[]): T | undefined {
  const offers = served.map((type): Offer<T> => [type, [type, `${type.slice(0, type.indexOf("/"))}/*`, "*/*"]]);
  return chooseOffer(offers, readRanges(accept ?? ""));
}

/** Index of the range for the most specific name that the header has; -1 when it has none. */
function placeOf(names: readonly string[], ranges: readonly WantedRange[]): number {
  for (const name of names) {
    const place = ranges.findIndex(({ type }) => type === name);
    if (place >= 0) return place;
  }
  return -1;
}
