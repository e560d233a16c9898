import { dateTime, formatDid, type VerifierAnswer } from "../../resolver/index.ts";
import { GRANT_FAULT_TEXTS } from "../../resolver/trust/grant-fault-texts.ts";
import { REASON_TEXTS } from "../../resolver/verifier/reason-texts.ts";
import { linesOf } from "../terminal/printable.ts";

/** A verdict on one line: `invalid: revoked`. */
export function headline(answer: VerifierAnswer): string {
  return answer.verdict === "valid" ? "valid" : `${answer.verdict}: ${answer.reason}`;
}

/** The meaning of a verdict, in a sentence or two. */
function describeAnswer(answer: VerifierAnswer): string {
  if (answer.verdict === "valid") {
    return answer.status === "none"
      ? "The issuer may issue this credential and signed it. It has no status: whether the issuer still stands by it is not known."
      : "The issuer may issue this credential, signed it, and has neither revoked nor suspended it.";
  }
  const words = answer.reason === undefined ? "" : REASON_TEXTS[answer.reason];
  if (answer.grant === undefined) return words;
  return `${words} ${GRANT_FAULT_TEXTS[answer.grant]}`;
}

/** A verdict and what it is about, as text. */
export function answerInWords(answer: VerifierAnswer): string {
  const { asOf, staleness, chain = [], statusAsOf } = answer;
  const { issuer, type, issuedAt, key, status, ignoredStatus } = answer.credential;
  const time = statusAsOf === undefined ? "not read" : `as of ${dateTime(statusAsOf)}`;
  const links = chain.map(({ subject, label }, depth) => {
    const name = label === null ? "" : ` (${label})`;
    return `  ${depth === 0 ? "accredited" : "by        "}  ${formatDid(issuer.network, subject)}${name}`;
  });
  return linesOf([
    headline(answer),
    `  ${describeAnswer(answer)}`,
    `  issuer      ${issuer.did}`,
    `  key         #${key}`,
    `  type        ${type}`,
    `  issued      ${dateTime(issuedAt)}`,
    `  status      ${status === null ? NO_STATUS : `${status.uri}, index ${status.index}, ${time}`}`,
    ...ignoredStatus.map((entry) => `  not judged  ${entry}`),
    ...links,
    ...(asOf === undefined ? [] : [`  as of       block ${asOf.block}, ${asOf.time} (${staleness} s ago)`]),
  ]);
}

const NO_STATUS = "it has none: it can't be revoked or suspended";
