/** Caps on what the public listener takes from a stranger; each is enforced by `server.ts` or `identifiers.ts`. */

/** Longest request target (path and query), in characters. */
export const MAX_TARGET_LENGTH = 4_096;

/** Most bytes of all headers of one request. */
export const MAX_HEADER_BYTES = 16_384;

/** Milliseconds for a client to send its headers. */
export const HEADERS_TIMEOUT = 10_000;

/** Milliseconds for a client to send a whole request. */
export const REQUEST_TIMEOUT = 15_000;

/** Connections at once. */
export const MAX_CONNECTIONS = 10_000;

/** Milliseconds that answers under way get to finish when the node stops. */
export const DRAIN_TIMEOUT = 5_000;

/** Bytes of documents that are kept ready in memory. */
export const MAX_READY_BYTES = 64 * 1_048_576;

/** Seconds after which a client may ask again when the node can't answer now. */
export const RETRY_AFTER = 2;
