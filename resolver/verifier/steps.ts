import type { CredentialAnswer } from "../credential/verify-credential.ts";
import type { PresentationFault } from "./key-binding.ts";

/** The questions that a verdict answers, in the order in which they are asked. */
export const STEPS = [
  "keyBinding",
  "type",
  "issuer",
  "signature",
  "dates",
  "key",
  "accreditation",
  "status",
  "freshness",
] as const;
/** One of {@link STEPS}. */
export type StepName = (typeof STEPS)[number];

/** Why a verdict is not `valid`. */
export type Reason =
  | Exclude<CredentialAnswer, { verdict: "valid" }>["reason"]
  | PresentationFault
  | "otherType"
  | "notProven";

/**
 * One question and its outcome. It is `notAsked` where an earlier answer had decided, or where the question does not arise: a
 * credential without a status can't be revoked, and one that is not presented has no key binding.
 */
export interface VerifierStep {
  readonly step: StepName;
  readonly outcome: "valid" | "invalid" | "unknown" | "notAsked";
}

/** The question to which each reason belongs. */
const STEP_OF: Readonly<Record<Reason, StepName>> = {
  accreditationUnavailable: "accreditation",
  badSignature: "signature",
  credentialExpired: "dates",
  credentialNotYetValid: "dates",
  foreignList: "status",
  issuerDeactivated: "issuer",
  issuerUnavailable: "issuer",
  keyBindingMalformed: "keyBinding",
  keyBindingMissing: "keyBinding",
  keyBindingNotOfHolder: "keyBinding",
  keyBindingOutOfTime: "keyBinding",
  keyExpired: "key",
  keyNotYetValid: "key",
  keyRevoked: "key",
  listClosed: "status",
  notAccredited: "accreditation",
  notProven: "issuer",
  notYetIssued: "dates",
  otherAudience: "keyBinding",
  otherNonce: "keyBinding",
  otherPresentation: "keyBinding",
  otherType: "type",
  revoked: "status",
  stale: "freshness",
  statusUnavailable: "status",
  suspended: "status",
  unknownIndex: "status",
  unknownIssuer: "issuer",
  unknownKey: "key",
  unknownList: "status",
};

/**
 * Every question with its outcome.
 * @param asked the questions that were judged, including the one that decided.
 */
export function stepsOf(
  answer: { readonly verdict: "valid" } | { readonly verdict: "invalid" | "unknown"; readonly reason: Reason },
  asked: ReadonlySet<StepName>,
): VerifierStep[] {
  const decided = answer.verdict === "valid" ? undefined : STEP_OF[answer.reason];
  let isOpen = true;
  return STEPS.map((step): VerifierStep => {
    if (step === decided) {
      isOpen = false;
      return { step, outcome: answer.verdict };
    }
    return { step, outcome: isOpen && asked.has(step) ? "valid" : "notAsked" };
  });
}
