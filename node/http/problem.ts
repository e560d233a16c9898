import { MapaeError, ResolutionError, UnavailableError } from "../../resolver/errors.ts";
import { type Answer, json } from "./answer.ts";
import { RETRY_AFTER } from "./server/bounds.ts";
import { TooManyRequestsError } from "./server/turns.ts";

/** Problem details (RFC 9457) with a stable code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
}

/** Errors that DID Resolution v1 names, with the status that its HTTPS binding gives them. */
const DID_ERRORS = {
  INVALID_DID: [400, "The DID is not valid"],
  METHOD_NOT_SUPPORTED: [501, "The DID method is not served here"],
  FEATURE_NOT_SUPPORTED: [501, "This is not served here"],
  INVALID_OPTIONS: [400, "An option is not valid"],
  NOT_FOUND: [404, "The DID, or what the DID URL names, does not exist"],
  INVALID_DID_URL: [400, "The DID URL is not valid"],
  REPRESENTATION_NOT_SUPPORTED: [406, "The media type is not served here"],
  INTERNAL_ERROR: [500, "The node failed"],
} as const;

/** Errors of Controlled Identifiers 1.0. DID Resolution v1 gives every error that it does not list the status 500. */
const SECURITY_ERRORS = {
  INVALID_VERIFICATION_METHOD: [500, "The DID URL names no verification method"],
  INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD: [500, "The verification method is not for this"],
} as const;

const OWN_ERRORS = {
  UNAVAILABLE: [503, "The node can't answer now"],
  TOO_MANY_REQUESTS: [429, "The client asks for more at once than its share"],
  NO_ROUTE: [404, "There is no such route"],
  NO_PAGE: [404, "There is no such page here"],
  METHOD_NOT_ALLOWED: [405, "The HTTP method is not allowed here"],
  BODY_TOO_LARGE: [413, "The body of the request is too large"],
  NOT_ATTESTED: [404, "This node has no attestations of the block"],
  TYPE_NOT_FOUND: [404, "There is no such credential type"],
  LIST_NOT_FOUND: [404, "There is no such status list"],
  LIST_NOT_SIGNED_HERE: [404, "Another node signs this status list"],
  LIST_MEDIA_TYPE: [406, "The media type is not served here"],
  LIST_HISTORY: [501, "Status lists of the past are not served"],
  TARGET_TOO_LONG: [414, "The request target is too long"],
  MALFORMED_REQUEST: [400, "This is no HTTP request"],
  REQUEST_TIMEOUT: [408, "The request took too long to send"],
  HEADERS_TOO_LARGE: [431, "The request's headers are too large"],
} as const;

const ALL_ERRORS = { ...DID_ERRORS, ...SECURITY_ERRORS, ...OWN_ERRORS } as const;

export type ProblemCode = keyof typeof ALL_ERRORS;
export const PROBLEM_CODES = Object.keys(ALL_ERRORS) as ProblemCode[];

/** A problem by its code; `type` is the W3C's IRI of the error, or `about:blank` (RFC 9457, section 4.2.1). */
export function problem(code: ProblemCode, detail: string): Problem {
  const [status, title] = ALL_ERRORS[code];
  return { type: typeOf(code), title, status, detail, code };
}

function typeOf(code: ProblemCode): string {
  if (code in DID_ERRORS) return `https://www.w3.org/ns/did#${code}`;
  return code in SECURITY_ERRORS ? `https://w3id.org/security#${code}` : "about:blank";
}

/** Whether an error is a fault of the node, which is reported to the operator, and not an answer to a client. */
export function isFault(error: unknown): boolean {
  return !(
    error instanceof ResolutionError ||
    error instanceof UnavailableError ||
    error instanceof TooManyRequestsError
  );
}

/**
 * The problem for an error. For a fault the client gets no details, because a message may name files or servers. An index or
 * chain that can't be trusted now gives `UNAVAILABLE`.
 */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof MapaeError)) return problem("INTERNAL_ERROR", "An unexpected fault; the node's log has it");
  if (isFault(error)) return problem("UNAVAILABLE", "The node can't read its index; its log says why");
  return problem(isForClients(error.code) ? error.code : "UNAVAILABLE", error.message);
}

/** The answer to an error, which `onFault` also gets when it is a fault of the node. */
export function errorAnswer(error: unknown, onFault: (fault: unknown) => void): Answer {
  if (isFault(error)) onFault(error);
  return problemAnswer(problemOf(error));
}

function isForClients(
  code: string,
): code is keyof typeof DID_ERRORS | keyof typeof SECURITY_ERRORS | "TOO_MANY_REQUESTS" {
  return code in DID_ERRORS || code in SECURITY_ERRORS || code === "TOO_MANY_REQUESTS";
}

/** A problem as a whole answer. */
export function problemAnswer(problem: Omit<Problem, "code">, headers: Record<string, string> = {}): Answer {
  return json(problem, {
    status: problem.status,
    type: "application/problem+json",
    headers: { ...retryAfter(problem), ...headers },
  });
}

/** The header `Retry-After`, for statuses that may change soon. */
export function retryAfter({ status }: Pick<Problem, "status">): Record<string, string> {
  return status === 503 || status === 429 ? { "retry-after": String(RETRY_AFTER) } : {};
}
