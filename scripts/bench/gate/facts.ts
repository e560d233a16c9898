/** What a gate's checks take, in milliseconds. */
export interface Checked {
  /** 99 of 100 checks are done by then, and take at most so much processor time. */
  readonly check: { readonly wall: number; readonly cpu: number };
  /** The same of two bare signatures, as a check has. */
  readonly signatures: number;
  /** One check, and the same verdict by a node: medians. */
  readonly online: { readonly ours: number; readonly theirs: number };
}

export const AUDIENCE = "https://gate.example";
export const NONCE = "n-0S6_WzA2Mj";
/** How old a presentation may be, in seconds: those of a bench are made once. */
export const MAX_AGE = 86_400;
/** The type of all credentials. */
export const TYPE = "https://types.example/official-id/v1";

export const ISSUERS = 200;
/** The first issuers have a list each. */
export const LISTS = 8;
export const LIST_SIZE = 131_072;
/** A day: so many revocations, and issuers that rotate a key. */
export const DAY = { revocations: 100, issuers: 2 } as const;

/** Both in a row's `size`. */
export const SIZE = `${ISSUERS} issuers, ${(LISTS * LIST_SIZE).toLocaleString("en")} credentials in ${LISTS} lists, 1 % revoked`;
export const A_DAY = `${DAY.revocations} revocations, ${DAY.issuers} issuers changed`;
