/**
 * Sizes of each section's measurements, with which the figures in `docs/benchmarks.md` were measured. `rounds` is the number of
 * measured rounds, after one for warming up; a row is their median.
 */
export const FULL = {
  resolve: {
    rounds: 15,
    /** Requests per round. */
    requests: 300,
    /** Requests while the node's calls to the chain are counted. */
    counted: 1_000,
    /** Against `ethr-did-resolver`, which is slow: rounds, and resolutions by Mapae in each. */
    peerRounds: 5,
    peerRequests: 200,
    /** Rounds in which `mapae` is started. */
    commands: 15,
  },
  index: {
    /** Number of DIDs that are created, 32 per block, and of DIDs that are changed, one per block. */
    created: 33_334,
    changed: 5_000,
    rounds: 5,
    /** Against the naive indexer. */
    naiveRounds: 3,
  },
  lists: {
    /** Number of lists of the largest size that are measured together, in addition to single lists; 0 omits these rows. */
    together: 0,
    rounds: 7,
    revocationRounds: 51,
    /** Number of revocations of one credential each, one after the other. */
    oneByOne: 100,
    /** Answers per round, and rounds. */
    requests: 60_000,
    requestRounds: 11,
  },
  keys: { rounds: 7 },
  gate: {
    issuers: 200,
    /** Number of lists; each of the first issuers has one. */
    lists: 8,
    /** Changes of a day: revocations, and issuers that rotate a key. */
    day: { revocations: 100, issuers: 2 },
    /** Number of imports of the bundle; the first one is for warming up. */
    imports: 8,
    /** Number of checks; the first tenth is for warming up. */
    checks: 5_000,
    checkRounds: 7,
    /** Against the same facts requested from a node. */
    fetchRounds: 3,
  },
  proofs: {
    /** Number of further DIDs in the registry: the tree of a single DID would have no branches. */
    others: 15,
    rounds: 7,
  },
  page: {
    /** How often each view is opened; a row is the median. */
    rounds: 3,
    /** Number of events of the large list, each with 100 revocations. */
    events: 1_000,
  },
  scale: {
    /** Numbers of DIDs at which costs are measured. */
    dids: [10_000, 100_000, 330_000],
    /** Further numbers. Opening and memory are measured at the last number of `dids`, which has about a million keys. */
    more: [] as number[],
    /** States read per round, and rounds; a row is the minimum. */
    reads: 20_000,
    readRounds: 20,
    /**
     * Answers per round. For known documents there are so many that a tick of 10 ms, the unit of processor time in Linux, is a
     * hundredth of the round.
     */
    requests: { known: 80_000, unknown: 20_000 },
    requestRounds: 11,
  },
};

export type Sizes = Readonly<typeof FULL>;

/** Sizes with `MAPAE_BENCH_LARGE=1`: lists with ten million entries together, and a million DIDs. */
export const LARGE: Sizes = {
  ...FULL,
  lists: { ...FULL.lists, together: 20 },
  scale: { ...FULL.scale, more: [1_000_000] },
};

/** Sizes with `--small`: all rows in as little time as possible. The figures mean nothing. */
export const SMALL: Sizes = {
  resolve: { rounds: 1, requests: 5, counted: 5, peerRounds: 1, peerRequests: 1, commands: 1 },
  index: { created: 320, changed: 40, rounds: 1, naiveRounds: 1 },
  lists: { together: 2, rounds: 1, revocationRounds: 1, oneByOne: 1, requests: 500, requestRounds: 1 },
  keys: { rounds: 1 },
  gate: {
    issuers: 4,
    lists: 2,
    day: { revocations: 4, issuers: 1 },
    imports: 2,
    checks: 20,
    checkRounds: 1,
    fetchRounds: 1,
  },
  proofs: { others: 3, rounds: 1 },
  page: { rounds: 1, events: 20 },
  scale: {
    dids: [2_000, 4_000],
    more: [6_000],
    reads: 500,
    readRounds: 1,
    requests: { known: 200, unknown: 200 },
    requestRounds: 1,
  },
};

/** By the name under which a section's process gets them. */
export const SIZES: Readonly<Record<"full" | "large" | "small", Sizes>> = { full: FULL, large: LARGE, small: SMALL };
