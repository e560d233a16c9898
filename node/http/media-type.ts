/** Most media ranges of an `Accept` header that are looked at. */
const MAX_RANGES = 20;

/**
 * The media type to answer with (RFC 9110, section 12.5.1): of those served the one whose most specific range has the highest
 * weight, of equals the first.
 *
 * @returns `undefined` when none is acceptable.
 */
export function chooseType<T extends string>(accept: string | undefined, served: readonly T[]): T | undefined {
  if (accept === undefined || accept.trim() === "") return served[0];
  const weights = new Map(accept.split(",", MAX_RANGES).map(readRange));
  let best: { readonly type: T; readonly weight: number } | undefined;
  for (const type of served) {
    const group = `${type.slice(0, type.indexOf("/"))}/*`;
    const weight = weights.get(type) ?? weights.get(group) ?? weights.get("*/*") ?? 0;
    if (weight > (best?.weight ?? 0)) best = { type, weight };
  }
  return best?.type;
}

function readRange(range: string): [type: string, weight: number] {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
  // A weight that breaks the grammar counts as 0: what a client did not say is not guessed.
  return [type, /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 0];
}
