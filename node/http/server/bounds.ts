/** Limits of the public listener for untrusted clients. */

/** Longest request target (path and query), in characters. */
export const MAX_TARGET_LENGTH = 4_096;

/** Maximum bytes of the body of a POST: its options as JSON. */
export const MAX_BODY_BYTES = 8_192;

/** Maximum bytes of a request's first line and headers together. */
export const MAX_HEADER_BYTES = 16_384;

/** Bytes of cached documents. */
export const MAX_READY_BYTES = 32 * 1_048_576;

/** Bytes of cached answers, with the questions that they answer. */
export const MAX_HOT_BYTES = 16 * 1_048_576;

/** Seconds after which a client may ask again when the node can't answer now. */
export const RETRY_AFTER = 2;

/** Seconds for which a browser may cache the answer to a preflight. */
export const PREFLIGHT_MAX_AGE = 86_400;

/** Limits of connections, requests and times; times are in milliseconds. */
export interface ClientLimits {
  /** Open connections; above this number idle ones are closed, the longest idle first. */
  readonly connections: number;
  /** Of these, those of one identified client. */
  readonly clientConnections: number;
  /** Requests that were read and are not answered yet. */
  readonly requests: number;
  /** Of these, those of one identified client. */
  readonly clientRequests: number;
  /** Of these, those of one connection. One is answered at a time; the others wait. */
  readonly pipelined: number;
  /** Answers to an identified client that are begun in one turn of the event loop. */
  readonly clientTurn: number;
  /** Bytes of answers that clients have not read yet. */
  readonly unsentBytes: number;
  /** For a client to send its headers. */
  readonly headersTimeout: number;
  /** For a client to send a whole request. */
  readonly requestTimeout: number;
  /** Interval of checking the two above: a client is disconnected at most this much later. */
  readonly checkInterval: number;
  /** For a connection without traffic, such as that of a client that does not read its answer. */
  readonly idleTimeout: number;
  /** For a client to read an answer, or a part of a streamed one. */
  readonly sendTimeout: number;
  /**
   * For the next request on a connection. Longer than proxies keep connections (60 s in nginx), so that they close them and
   * not this node.
   */
  readonly keepAliveTimeout: number;
  /** For finishing answers under way when the node stops. */
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

/** How many bundles are made at the same time, and how many requests wait: each reads the events of every issuer of its types. */
export const BUNDLE_LIMITS = { atOnce: 1, waiting: 16, waitingOfClient: 4 };

/** How many proofs are made at the same time, and how many requests wait: for each the chain's server walks its state tree. */
export const PROOF_LIMITS = {
  atOnce: 2,
  waiting: 64,
  /** Per identified client. */
  waitingOfClient: 8,
};

/**
 * How many answers with histories of issuers and types are made at the same time: one may take some 50 MB while it is made.
 * As many may wait as the listener reads.
 */
export const TRUST_LIMITS = {
  atOnce: 4,
  waiting: CLIENT_LIMITS.requests,
  /** Per identified client. */
  waitingOfClient: CLIENT_LIMITS.clientRequests,
};

/**
 * How many streams of changes are open. A stream is open for hours, so without a share a few clients could occupy all of
 * them.
 */
export const STREAM_LIMITS = {
  atOnce: 256,
  /** Per identified client. */
  atOnceOfClient: 32,
};

/** How many requests that read the history are answered at the same time, and how many wait. */
export const COSTLY_LIMITS = {
  atOnce: 4,
  waiting: 256,
  /** Per identified client. */
  waitingOfClient: 32,
};
