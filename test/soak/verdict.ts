/** What a node's process held at one moment, with no request under way and after a full collection of garbage. */
export interface Sample {
  /** Since the run began. */
  readonly seconds: number;
  /** Bytes that JavaScript still reaches: V8's heap and the buffers outside of it. */
  readonly heap: number;
  /**
   * Bytes of physical memory but pages of files, such as LevelDB's tables, which the system takes back when it needs them; less
   * the most that LevelDB said until then that it holds. Its cache fills for hours, up to a bound, and what its write buffer
   * gives back stays with the process for the next time.
   */
  readonly memory: number;
  /** Open sockets. */
  readonly sockets: number;
  /** Open descriptors but sockets and LevelDB's files, whose number follows the size of the index up to a bound. */
  readonly files: number;
  /** What keeps Node's event loop alive: timers, sockets, requests. */
  readonly resources: number;
}

type Measure = Exclude<keyof Sample, "seconds">;

/** A measure at the beginning and at the end, and whether it grew by more than it may. */
export interface Comparison {
  readonly measure: Measure;
  /** Medians. */
  readonly first: number;
  readonly last: number;
  /** Most that the last may be. */
  readonly limit: number;
  readonly ok: boolean;
}

/** Part of a run in which nothing is compared: code is compiled, caches fill, and so does, twice, LevelDB's write buffer. */
const WARM_UP = 0.4;
/** Part by which memory may grow. */
const MEMORY_GROWTH = 0.05;
/** By so much a median of a few handles, which come and go, differs by chance; one leaked per minute is over it. */
const HANDLE_GROWTH = 1;
/** Fewest samples in a quarter of which a median says something. */
const FEWEST = 3;

const MEMORY: readonly Measure[] = ["heap", "memory"];
const HANDLES: readonly Measure[] = ["sockets", "files", "resources"];

/**
 * Compares the medians of the first and of the last quarter of what is left after the warm-up.
 *
 * @param samples oldest first
 * @returns a comparison for each measure; none when there are too few samples to say anything.
 */
export function compareQuarters(samples: readonly Sample[]): Comparison[] {
  const begin = (samples.at(-1)?.seconds ?? 0) * WARM_UP;
  const warm = samples.filter(({ seconds }) => seconds >= begin);
  const quarter = Math.floor(warm.length / 4);
  if (quarter < FEWEST) return [];
  return [...MEMORY, ...HANDLES].map((measure) => {
    const values = warm.map((sample) => sample[measure]);
    const first = median(values.slice(0, quarter));
    const last = median(values.slice(-quarter));
    const limit = MEMORY.includes(measure) ? first * (1 + MEMORY_GROWTH) : first + HANDLE_GROWTH;
    return { measure, first, last, limit, ok: last <= limit };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 1 ? half : half - 1], sorted[half]];
  return (low + high) / 2;
}
