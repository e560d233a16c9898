/**
 * The first block, from one on up to another at which two histories differ, at which they do. Roots that differ differ for
 * ever after: each is made of the one before.
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
