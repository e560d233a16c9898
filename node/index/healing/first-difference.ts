/**
 * Binary search for the first block between `from` and `to` at which two histories differ; at `to` they do. Once roots
 * differ, all later ones do, because each root is hashed from the one before.
 */
export async function firstDifference(
  agree: (block: number) => Promise<boolean>,
  from: number,
  to: number,
): Promise<number> {
  let low = from - 1;
  let high = to;
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (await agree(middle)) low = middle;
    else high = middle;
  }
  return high;
}
