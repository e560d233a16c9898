/** Measurements of a gate's checks, in milliseconds. */
export interface Checked {
  /** 99th percentiles of a check: time, and processor time. */
  readonly check: { readonly wall: number; readonly cpu: number };
  /** 99th percentile of verifying two bare signatures, which a check contains. */
  readonly signatures: number;
  /** Medians of a check, and of the same verdict from a node. */
  readonly online: { readonly ours: number; readonly theirs: number };
}

export const AUDIENCE = "https://gate.example";
export const NONCE = "n-0S6_WzA2Mj";
/** Maximum age of a presentation, in seconds: the bench creates them only once. */
export const MAX_AGE = 86_400;
/** The type of all credentials. */
export const TYPE = "https://types.example/official-id/v1";

export const ISSUERS = 200;
/** Number of lists; each of the first issuers has one. */
export const LISTS = 8;
export const LIST_SIZE = 131_072;
/** Changes of a day: revocations, and issuers that rotate a key. */
export const DAY = { revocations: 100, issuers: 2 } as const;

/** Texts for the `size` of a row. */
export const SIZE = `${ISSUERS} issuers, ${(LISTS * LIST_SIZE).toLocaleString("en")} credentials in ${LISTS} lists, 1 % revoked`;
export const A_DAY = `${DAY.revocations} revocations, ${DAY.issuers} issuers changed`;
