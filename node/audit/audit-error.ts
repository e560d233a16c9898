import { CodedError } from "../../resolver/errors.ts";
import type { Problem } from "../http/problem.ts";

const ERRORS = {
  AUDIT_PARAMETER: [400, "A parameter is not valid"],
  AUDIT_TOKEN: [401, "A bearer token is wanted"],
  AUDIT_FORBIDDEN: [403, "The requester may not ask this listener"],
  AUDIT_NOT_FOUND: [404, "There was no such thing as of that block"],
  AUDIT_MEDIA_TYPE: [406, "The media type is not served here"],
  AUDIT_CURSOR: [409, "The chain was reorganised since the cursor was given"],
  AUDIT_BUSY: [503, "As many questions as can be are being answered"],
} as const;

/**
 * - `AUDIT_PARAMETER`: a parameter has the wrong form or is out of bounds;
 * - `AUDIT_TOKEN`: the token is missing or rejected; the message says why;
 * - `AUDIT_FORBIDDEN`: the token's DID is not among the auditors, or the request's host is not a loopback name;
 * - `AUDIT_NOT_FOUND`: no such subject or index as of the block;
 * - `AUDIT_MEDIA_TYPE`: `Accept` has no media type that is served;
 * - `AUDIT_CURSOR`: the event of the cursor was undone: begin again without a cursor;
 * - `AUDIT_BUSY`: ask again later.
 */
export type AuditErrorCode = keyof typeof ERRORS;
export const AUDIT_ERROR_CODES = Object.keys(ERRORS) as AuditErrorCode[];

/** A request of an auditor can't be answered. */
export class AuditError extends CodedError<AuditErrorCode> {}

/** An AuditError as problem details (RFC 9457). */
export function auditProblem({ code, message: detail }: AuditError): Omit<Problem, "code"> & { code: AuditErrorCode } {
  const [status, title] = ERRORS[code];
  return { type: "about:blank", title, status, detail, code };
}
