import type { Reason, VerifierAnswer } from "../../resolver/index.ts";

/** The text for each reason why a credential is not to be trusted, or why its verdict is unknown. */
const WORDS = {
  accreditationUnavailable: "It could not be found out what its issuer is accredited for.",
  badSignature: "It is not signed by the key that it names.",
  credentialExpired: "It has run out.",
  credentialNotYetValid: "It is not valid yet.",
  foreignList: "It points to a list of another issuer or another type.",
  issuerDeactivated: "Its issuer's DID was deactivated by the time it was issued.",
  issuerUnavailable: "Its issuer's DID could not be resolved.",
  keyBindingMalformed: "Its key binding is malformed.",
  keyBindingMissing: "It is shown without a key binding: anybody may have copied it.",
  keyBindingNotOfHolder: "It is not shown by the holder to whom it was issued.",
  keyBindingOutOfTime: "It was presented too long ago, or at a time yet to come.",
  keyExpired: "The key that signed it had run out by the time it was issued.",
  keyNotYetValid:
    "Its date of issue is before its key was published: an issuer can't date credentials back further (docs/status.md).",
  keyRevoked: "The key that signed it was revoked: nothing that it signed is to be trusted.",
  listClosed: "Its list was closed by the time it was issued.",
  notAccredited: "Its issuer was not accredited for this type when it was issued.",
  notProven: "No node proved its answer about the issuer.",
  notYetIssued: "It says that it was issued at a time yet to come.",
  otherAudience: "It was presented to another verifier.",
  otherNonce: "It was presented for another request.",
  otherPresentation: "Its key binding is for another presentation.",
  otherType: "It is of another type than the one that is wanted.",
  revoked: "Its issuer revoked it permanently.",
  stale: "What is known here is too old.",
  statusUnavailable: "Its status could not be found out.",
  suspended: "Its issuer suspended it, for now.",
  unknownIndex: "Its list has no such index.",
  unknownIssuer: "Its issuer's DID was never written.",
  unknownKey: "Its issuer never published the key that signed it.",
  unknownList: "It points to a list that its issuer does not have.",
} as const satisfies Record<Reason, string>;

/** The text for each reason why the last grant does not hold. */
const GRANT_WORDS = {
  deactivated: "the DID of a link was deactivated",
  expired: "the accreditation had run out",
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
      ? "Its issuer may issue it and signed it. It has no status: whether its issuer still stands by it is not known."
      : "Its issuer may issue it, signed it, and has neither revoked nor suspended it.";
  }
  const words = answer.reason === undefined ? "" : WORDS[answer.reason];
  if (answer.grant === undefined) return words;
  return words.replace(/\.$/, `: ${GRANT_WORDS[answer.grant]}.`);
}
