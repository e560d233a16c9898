import { readRanges } from "./media-range.ts";

/**
 * The media type to answer with (RFC 9110, section 12.5.1): of those served the one whose most specific range has the highest
 * weight, of equals the first.
 *
 * @returns `undefined` when none is acceptable.
 */
export function chooseType<T extends string>(accept: string | undefined, served: readonly T[]): T | undefined {
  const weights = new Map(readRanges(accept ?? "").map(({ type, weight }) => [type, weight]));
  if (weights.size === 0) return served[0];
  let best: { readonly type: T; readonly weight: number } | undefined;
  for (const type of served) {
    const group = `${type.slice(0, type.indexOf("/"))}/*`;
    const weight = weights.get(type) ?? weights.get(group) ?? weights.get("*/*") ?? 0;
    if (weight > (best?.weight ?? 0)) best = { type, weight };
  }
  return best?.type;
}
