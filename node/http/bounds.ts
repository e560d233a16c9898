/** Caps on what the public listener takes from a stranger; each is enforced by `listener.ts`, `server.ts` or `ready-documents.ts`. */

/** Longest request target (path and query), in characters. */
export const MAX_TARGET_LENGTH = 4_096;

/** Most bytes of a request's first line and headers together. */
export const MAX_HEADER_BYTES = 16_384;

/** Connections at once. */
export const MAX_CONNECTIONS = 10_000;

/** Bytes of documents that are kept ready in memory. */
export const MAX_READY_BYTES = 64 * 1_048_576;

/** Seconds after which a client may ask again when the node can't answer now. */
export const RETRY_AFTER = 2;

/** Seconds that a browser may keep the answer to a preflight. */
export const PREFLIGHT_MAX_AGE = 86_400;

/** How long things may take, in milliseconds. */
export interface Timeouts {
  /** For a client to send its headers. */
  readonly headers: number;
  /** For a client to send a whole request. */
  readonly request: number;
  /** Between looks at the two above: a client is cut at most this much later. */
  readonly check: number;
  /** For a connection on which nothing moves, such as a client that does not read its answer. */
  readonly idle: number;
  /** For answers under way when the node stops. */
  readonly drain: number;
}

export const TIMEOUTS: Timeouts = { headers: 10_000, request: 15_000, check: 1_000, idle: 30_000, drain: 5_000 };
