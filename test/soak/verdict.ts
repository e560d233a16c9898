/** Measurements of a node's process at one moment, without requests in progress and after a full garbage collection. */
export interface Sample {
  /** Seconds since the start of the run. */
  readonly seconds: number;
  /** Bytes that are still reachable from JavaScript: V8's heap and the buffers outside of it. */
  readonly heap: number;
  /**
   * Bytes of anonymous physical memory, minus the most that LevelDB has reported so far. Pages of files such as LevelDB's
   * tables are not counted, because the system can reclaim them. LevelDB's own memory is subtracted, because its cache fills
   * for hours up to a bound, and the process keeps the memory that the write buffer frees for later use.
   */
  readonly memory: number;
  /** Open sockets. */
  readonly sockets: number;
  /** Open file descriptors without sockets and LevelDB's files. The number of the latter grows with the index up to a bound. */
  readonly files: number;
  /** Resources that keep Node's event loop alive: timers, sockets, requests. */
  readonly resources: number;
}

type Measure = Exclude<keyof Sample, "seconds">;

/** A measure at the beginning and at the end of a run, and whether it grew by more than its limit. */
export interface Comparison {
  readonly measure: Measure;
  /** Medians of the first and the last quarter. */
  readonly first: number;
  readonly last: number;
  /** Maximum of `last`. */
  readonly limit: number;
  readonly ok: boolean;
}

/**
 * Share of a run before the comparison begins. In this time code is compiled, caches fill, and LevelDB's write buffer fills
 * twice.
 */
const WARM_UP = 0.4;
/** Share by which memory may grow. */
const MEMORY_GROWTH = 0.05;
/**
 * Number of handles by which a median may grow. Handles come and go, so the median of a few differs by about one by chance; one
 * leaked handle per minute exceeds it.
 */
const HANDLE_GROWTH = 1;
/** Minimum number of samples in a quarter. */
const MIN_SAMPLES = 3;

const MEMORY: readonly Measure[] = ["heap", "memory"];
const HANDLES: readonly Measure[] = ["sockets", "files", "resources"];

/**
 * Compares the medians of the first and the last quarter of the samples after the warm-up.
 * @param samples oldest first.
 * @returns a comparison for each measure; none when there are too few samples.
 */
export function compareQuarters(samples: readonly Sample[]): Comparison[] {
  const begin = (samples.at(-1)?.seconds ?? 0) * WARM_UP;
  const warm = samples.filter(({ seconds }) => seconds >= begin);
  const quarter = Math.floor(warm.length / 4);
  if (quarter < MIN_SAMPLES) return [];
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
