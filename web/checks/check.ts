/** The outcome of a check: `late` means neither wrong nor certain. */
export type Outcome = "good" | "bad" | "late" | "plain";

/** The checks of nodes' answers. */
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

/** The result of one check, with the values for its sentence. */
export interface Check {
  readonly outcome: Outcome;
  readonly name: CheckName;
  readonly values: Readonly<Record<string, string | number>>;
}

export function check(outcome: Outcome, name: CheckName, values: Check["values"] = {}): Check {
  return { outcome, name, values };
}

/** The checks that mean that something is proven by the seals of blocks, and those that mean that it is not. */
export const PROVEN: ReadonlySet<CheckName> = new Set(["provenDid", "provenGrants", "provenList", "provenVerdict"]);
export const NOT_PROVEN: ReadonlySet<CheckName> = new Set(["contradictsProof", "notProven", "proofMoved", "noSeals"]);
