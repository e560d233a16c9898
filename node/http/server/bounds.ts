/** Caps on what the public listener takes from a stranger. */

/** Longest request target (path and query), in characters. */
export const MAX_TARGET_LENGTH = 4_096;

/** Most bytes of the body of a POST: its options as JSON. */
export const MAX_BODY_BYTES = 8_192;

/** Most bytes of a request's first line and headers together. */
export const MAX_HEADER_BYTES = 16_384;

/** Bytes of documents that are kept ready in memory. */
export const MAX_READY_BYTES = 64 * 1_048_576;

/** Seconds after which a client may ask again when the node can't answer now. */
export const RETRY_AFTER = 2;

/** Seconds that a browser may keep the answer to a preflight. */
export const PREFLIGHT_MAX_AGE = 86_400;

/** How many clients there may be and how slow; times are in milliseconds. */
export interface ClientLimits {
  /** Connections at once; more are closed as they come. */
  readonly connections: number;
  /** For a client to send its headers. */
  readonly headersTimeout: number;
  /** For a client to send a whole request. */
  readonly requestTimeout: number;
  /** Between looks at the two above: a client is cut at most this much later. */
  readonly checkInterval: number;
  /** For a connection on which nothing moves, such as a client that does not read its answer. */
  readonly idleTimeout: number;
  /** For answers under way when the node stops. */
  readonly drainTimeout: number;
}

export const CLIENT_LIMITS: ClientLimits = {
  connections: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  checkInterval: 1_000,
  idleTimeout: 30_000,
  drainTimeout: 5_000,
};
