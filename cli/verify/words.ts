import type { VerifierAnswer } from "../../resolver/index.ts";
import { GRANT_FAULT_TEXTS } from "../../resolver/trust/grant-fault-texts.ts";
import { REASON_TEXTS } from "../../resolver/verifier/reason-texts.ts";

/** A verdict on one line: `invalid: revoked`. */
export function headline(answer: VerifierAnswer): string {
  return answer.verdict === "valid" ? "valid" : `${answer.verdict}: ${answer.reason}`;
}

/** The meaning of a verdict, in a sentence or two. */
export function describeAnswer(answer: VerifierAnswer): string {
  if (answer.verdict === "valid") {
    return answer.status === "none"
      ? "The issuer may issue this credential and signed it. It has no status: whether the issuer still stands by it is not known."
      : "The issuer may issue this credential, signed it, and has neither revoked nor suspended it.";
  }
  const words = answer.reason === undefined ? "" : REASON_TEXTS[answer.reason];
  if (answer.grant === undefined) return words;
  return `${words} ${GRANT_FAULT_TEXTS[answer.grant]}`;
}
