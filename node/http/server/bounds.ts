/** Caps on what the public listener takes from a stranger. */

/** Longest request target (path and query), in characters. */
export const MAX_TARGET_LENGTH = 4_096;

/** Most bytes of the body of a POST: its options as JSON. */
export const MAX_BODY_BYTES = 8_192;

/** Most bytes of a request's first line and headers together. */
export const MAX_HEADER_BYTES = 16_384;

/** Bytes of documents that are kept ready in memory. */
export const MAX_READY_BYTES = 32 * 1_048_576;

/** Bytes of answers that are kept ready in memory, with the questions that they answer. */
export const MAX_HOT_BYTES = 16 * 1_048_576;

/** Seconds after which a client may ask again when the node can't answer now. */
export const RETRY_AFTER = 2;

/** Seconds that a browser may keep the answer to a preflight. */
export const PREFLIGHT_MAX_AGE = 86_400;

/** How many clients there may be and how slow; times are in milliseconds. */
export interface ClientLimits {
  /** Connections at once; above them idle ones are closed, the longest idle first. */
  readonly connections: number;
  /** Of these, those of one client that can be told apart. */
  readonly clientConnections: number;
  /** Requests at once that were read and are not answered yet. */
  readonly requests: number;
  /** Of these, those of one client that can be told apart. */
  readonly clientRequests: number;
  /** Of these, those of one connection: one is answered at a time, the others wait. */
  readonly pipelined: number;
  /** Answers that are begun in one turn of the event loop for a client that can be told apart. */
  readonly clientTurn: number;
  /** Bytes of answers at once that their readers have not taken yet. */
  readonly unsentBytes: number;
  /** For a client to send its headers. */
  readonly headersTimeout: number;
  /** For a client to send a whole request. */
  readonly requestTimeout: number;
  /** Between looks at the two above: a client is cut at most this much later. */
  readonly checkInterval: number;
  /** For a connection on which nothing moves, such as a client that does not read its answer. */
  readonly idleTimeout: number;
  /** For a client to take an answer, or a part of one that is streamed. */
  readonly sendTimeout: number;
  /** For a client to ask again on its connection. Longer than proxies keep one (60 s in nginx): it is theirs to close. */
  readonly keepAliveTimeout: number;
  /** For answers under way when the node stops. */
  readonly drainTimeout: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  connections: 10_000,
  clientConnections: 2_500,
  requests: 4_096,
  clientRequests: 1_024,
  pipelined: 8,
  clientTurn: 4,
  unsentBytes: 64 * 1_048_576,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  checkInterval: 1_000,
  idleTimeout: 30_000,
  sendTimeout: 60_000,
  keepAliveTimeout: 75_000,
  drainTimeout: 5_000,
};

/** How many bundles are made at once, and how many wait for it: each reads the events of every issuer of its types. */
export const BUNDLE_LIMITS = { atOnce: 1, waiting: 16, waitingOfClient: 4 };

/** How many proofs are made at once, and how many wait for it: each asks the chain's server to walk its state tree. */
export const PROOF_LIMITS = {
  atOnce: 2,
  waiting: 64,
  /** Of one client that can be told apart. */
  waitingOfClient: 8,
};

/** How many streams of changes are open at once: one is open for hours, so that a few clients could hold all of them. */
export const STREAM_LIMITS = {
  atOnce: 256,
  /** Of one client that can be told apart. */
  atOnceOfClient: 32,
};

/** How many questions are answered at once that read the history, and how many wait for it. */
export const COSTLY_LIMITS = {
  atOnce: 4,
  waiting: 256,
  /** Of one client that can be told apart. */
  waitingOfClient: 32,
};
