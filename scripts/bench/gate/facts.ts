import type { Sizes } from "../sizes.ts";

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

export const LIST_SIZE = 131_072;

/** Text for the `size` of a row: the content of a whole bundle. */
export function sizeOf({ issuers, lists }: Sizes["gate"]): string {
  return `${issuers} issuers, ${(lists * LIST_SIZE).toLocaleString("en")} credentials in ${lists} lists, 1 % revoked`;
}

/** Text for the `size` of a row: the changes of a day. */
export function dayOf({ day }: Sizes["gate"]): string {
  return `${day.revocations} revocations, ${day.issuers} issuers changed`;
}
