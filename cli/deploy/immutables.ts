/** Where a value of the constructor stands in deployed code, in bytes. */
export interface ImmutablePlace {
  readonly start: number;
  readonly length: number;
}

/** Deployed code with zeros for the constructor's values: what the compiler alone decides. */
export function withoutImmutables(places: readonly ImmutablePlace[], code: string): `0x${string}` {
  return places.reduce((text, { start, length }) => {
    const from = 2 + 2 * start;
    return text.slice(0, from) + "0".repeat(2 * length) + text.slice(from + 2 * length);
  }, code) as `0x${string}`;
}
