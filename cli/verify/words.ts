import type { VerifierAnswer } from "../../resolver/index.ts";
import { REASON_TEXTS } from "../../resolver/verifier/reason-texts.ts";

/** The text for each reason why the last grant does not hold. */
const GRANT_WORDS = {
  deactivated: "the DID of a link was deactivated",
  expired: "the accreditation had expired",
  notYetValid: "the accreditation had not begun, and an issuer can't date credentials back further (docs/status.md)",
  pending: "the accreditation was never accepted",
  unknownGrant: "a link is not known",
  void: "it was granted at or after the time from which a grant above it is withdrawn",
  withdrawn: "the accreditation was withdrawn",
} as const;

/** A verdict on one line: `invalid: revoked`. */
export function headline(answer: VerifierAnswer): string {
  return answer.verdict === "valid" ? "valid" : `${answer.verdict}: ${answer.reason}`;
}

/** The meaning of a verdict, in a sentence. */
export function describeAnswer(answer: VerifierAnswer): string {
  if (answer.verdict === "valid") {
    return answer.status === "none"
      ? "The issuer may issue this credential and signed it. It has no status: whether the issuer still stands by it is not known."
      : "The issuer may issue this credential, signed it, and has neither revoked nor suspended it.";
  }
  const words = answer.reason === undefined ? "" : REASON_TEXTS[answer.reason];
  if (answer.grant === undefined) return words;
  return words.replace(/\.$/, `: ${GRANT_WORDS[answer.grant]}.`);
}
