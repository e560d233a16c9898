import { CredentialError } from "../resolver/credential/credential-error.ts";
import type { VerifierAnswer } from "../resolver/verifier/verifier.ts";
import type { ClockState } from "./clock.ts";
import type { TypePolicy } from "./policy.ts";
import type { DenyReason, GateReason } from "./reason.ts";

/** The freshness of a gate's bundle, by the policy of a type. */
export type Freshness = "fresh" | "stale" | "expired";

/** The decision of a gate about one credential. */
export interface Decision {
  /** With `ask` a guard has to decide; without a guard nobody is admitted. */
  readonly outcome: "admit" | "deny" | "ask";
  readonly reason: GateReason;
  /** Absent where the credential was refused before. */
  readonly freshness?: Freshness;
  readonly clock: ClockState;
  /** The verdict with all that it is based on; absent where there is none. */
  readonly answer?: VerifierAnswer;
}

/** @param age seconds since the block of the bundle. */
export function freshnessOf(age: number, clock: ClockState, { freshFor, denyAfter }: TypePolicy): Freshness {
  if (age > denyAfter) return "expired";
  return age > freshFor || clock !== "good" ? "stale" : "fresh";
}

/** The decision for a verdict: only `valid` admits, and `unknown` never does. */
export function decide(
  answer: VerifierAnswer,
  {
    freshness,
    clock,
    policy,
  }: { readonly freshness: Freshness; readonly clock: ClockState; readonly policy: TypePolicy },
): Decision {
  const facts = { freshness, clock, answer };
  const { verdict, reason } = answer;
  if (verdict === "valid" && freshness !== "expired") {
    const why = { good: freshness, behind: "clockBehind", ahead: "clockAhead" } as const;
    return { outcome: "admit", reason: why[clock], ...facts };
  }
  const isGood = verdict === "valid" || reason === "stale";
  if (isGood) return { outcome: policy.whenExpired, reason: "expired", ...facts };
  return { outcome: "deny", reason: denied(reason), ...facts };
}

/** The reason to refuse a text that is no credential, or not a supported one. */
export function refusalOf(error: unknown): DenyReason | undefined {
  return error instanceof CredentialError ? error.code : undefined;
}

function denied(reason: VerifierAnswer["reason"]): DenyReason {
  switch (reason) {
    case "issuerUnavailable":
      return "issuerNotInBundle";
    case "statusUnavailable":
      return "listNotInBundle";
    case "stale":
    case undefined:
      return "expired";
    default:
      return reason;
  }
}
