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
  | "treeSame"
  | "treeDiffers"
  | "treeFolded"
  | "otherNetwork";

/** One thing that was looked at, with what its sentence names. */
export interface Check {
  readonly outcome: Outcome;
  readonly name: CheckName;
  readonly values: Readonly<Record<string, string | number>>;
}

export function check(outcome: Outcome, name: CheckName, values: Check["values"] = {}): Check {
  return { outcome, name, values };
}
