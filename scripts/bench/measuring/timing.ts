/** Something to time. */
export type Work = () => Promise<unknown>;

/** Something that times itself: returns the milliseconds of the measured part. */
export type Timed = () => Promise<number>;

export interface Comparison {
  readonly ours: Work;
  readonly theirs: Work;
  /** Number of executions of each in one round. For a slow peer a few suffice. */
  readonly times: { readonly ours: number; readonly theirs: number };
  readonly rounds: number;
}

/**
 * Times two works in turn, so that both run under the same conditions. The first round is for warming up.
 * @returns milliseconds of one execution of each: the medians over the rounds.
 */
export function compare({ ours, theirs, times, rounds }: Comparison): Promise<{ ours: number; theirs: number }> {
  return compareTimed({ ours: () => time(ours, times.ours), theirs: () => time(theirs, times.theirs), rounds });
}

/** Like {@link compare}, for works that time themselves. */
export async function compareTimed(works: { ours: Timed; theirs: Timed; rounds: number }) {
  const measured = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round <= works.rounds; round++) {
    const one = { ours: await works.ours(), theirs: await works.theirs() };
    if (round === 0) continue;
    measured.ours.push(one.ours);
    measured.theirs.push(one.theirs);
  }
  return { ours: median(measured.ours), theirs: median(measured.theirs) };
}

/** Milliseconds of one execution of a work. */
export function timeOf(work: Work): Promise<number> {
  return time(work, 1);
}

async function time(work: Work, times: number): Promise<number> {
  const from = performance.now();
  for (let i = 0; i < times; i++) await work();
  return (performance.now() - from) / times;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share `part`, from 0 to 1, of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}
