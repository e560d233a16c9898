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
/** The type of all credentials. */
export const TYPE = "https://types.example/official-id/v1";
