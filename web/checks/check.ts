/** How a check came out: `late` is what is not wrong, but not sure either. */
export type Outcome = "good" | "bad" | "late" | "plain";

/** What can be checked of what nodes say. */
export type CheckName =
  | "descriptorReader"
  | "descriptorNode"
  | "folded"
  | "documentSame"
  | "documentAltered"
  | "documentMoved"
  | "documentOlder"
  | "noDocument"
  | "oneNode"
  | "agree"
  | "leavesOut"
  | "otherHistory"
  | "behind"
  | "unreachable"
  | "impossible"
  | "grantAltered"
  | "listSigned"
  | "listRefused"
  | "listDiffers"
  | "listSame"
  | "verdictDiffers"
  | "verdictSame"
  | "verdictNewer"
  | "treeSame"
  | "treeDiffers"
  | "treeFolded"
  | "otherNetwork"
  | "provenDid"
  | "provenGrants"
  | "provenList"
  | "provenVerdict"
  | "proofMoved"
  | "notProven"
  | "contradictsProof"
  | "noSeals";

/** One thing that was looked at, with what its sentence names. */
export interface Check {
  readonly outcome: Outcome;
  readonly name: CheckName;
  readonly values: Readonly<Record<string, string | number>>;
}

export function check(outcome: Outcome, name: CheckName, values: Check["values"] = {}): Check {
  return { outcome, name, values };
}

/** Which checks say that something is proven by the seals of blocks, and which that it is not. */
export const PROVEN: ReadonlySet<CheckName> = new Set(["provenDid", "provenGrants", "provenList", "provenVerdict"]);
export const NOT_PROVEN: ReadonlySet<CheckName> = new Set(["contradictsProof", "notProven", "proofMoved", "noSeals"]);
