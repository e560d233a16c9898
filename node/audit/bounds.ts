/** Caps on what the audit listener takes, and on what one answer of it costs. */

/** Longest bearer token, in characters: one that `mapae audit token` makes has some 500. */
export const MAX_TOKEN_LENGTH = 4_096;

/** Most seconds from a token's `iat` to its `exp`. */
export const MAX_TOKEN_LIFETIME = 300;

/** Seconds by which the clocks of auditor and node may differ. */
export const TOKEN_CLOCK_SKEW = 30;

/** Changes of a page: unless the question says otherwise, and at most. */
export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1_000;

/** Most events that are looked through for one page; one that finds nothing among them ends with a cursor all the same. */
export const MAX_SCANNED = 20_000;

/** Bytes of changes after which a page ends: one change may have 130 kB. */
export const MAX_PAGE_BYTES = 4 * 1_048_576;

/** Most changes of one index that an answer about it tells; the newest. */
export const MAX_INDEX_CHANGES = 100;

/** DIDs and their entries, together, that one answer keeps in mind; of others the history is read again. */
export const MAX_FOLLOWED_ENTRIES = 100_000;

/** Questions that are answered at once, exports among them: each holds a snapshot of the index. */
export const MAX_READERS = 8;

/** In place of the public listener's. */
export const AUDIT_CLIENT_LIMITS = { connections: 128, clientConnections: 32, requests: 256, clientRequests: 64 };
