/** Limits of the requests to the audit listener, and of the cost of one answer. */

/** Longest bearer token, in characters; tokens of `mapae audit token` have about 500. */
export const MAX_TOKEN_LENGTH = 4_096;

/** Maximum number of seconds from a token's `iat` to its `exp`. */
export const MAX_TOKEN_LIFETIME = 300;

/** Seconds by which the clocks of auditor and node may differ. */
export const TOKEN_CLOCK_SKEW = 30;

/** Changes per page: by default, and at most. */
export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1_000;

/** Maximum number of events that are read for one page. After them the page ends with a cursor, even when it is empty. */
export const MAX_SCANNED = 20_000;

/** Bytes of changes after which a page ends: one change may have 130 kB. */
export const MAX_PAGE_BYTES = 4 * 1_048_576;

/** Maximum number of changes of one index in an answer; the newest are kept. */
export const MAX_INDEX_CHANGES = 100;

/** Number of DIDs and entries, together, that one answer caches. The history of other DIDs is read again. */
export const MAX_FOLLOWED_ENTRIES = 100_000;

/** Requests that are answered at the same time, including exports: each holds a snapshot of the index. */
export const MAX_READERS = 8;

/** Connection and request limits, in place of those of the public listener. */
export const AUDIT_CLIENT_LIMITS = { connections: 128, clientConnections: 32, requests: 256, clientRequests: 64 };
