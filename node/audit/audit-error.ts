import { MapaeError } from "../../resolver/errors.ts";
import type { Problem } from "../http/problem.ts";

const ERRORS = {
  AUDIT_PARAMETER: [400, "A parameter is not valid"],
  AUDIT_TOKEN: [401, "A bearer token is wanted"],
  AUDIT_FORBIDDEN: [403, "This is not for who asks"],
  AUDIT_NOT_FOUND: [404, "There was no such thing as of that block"],
  AUDIT_MEDIA_TYPE: [406, "The media type is not served here"],
  AUDIT_CURSOR: [409, "The chain was reorganised since the cursor was given"],
  AUDIT_BUSY: [503, "As many questions as can be are being answered"],
} as const;

/**
 * - `AUDIT_PARAMETER`: a parameter breaks its form or its bounds;
 * - `AUDIT_TOKEN`: there is no token, or none that is taken: the message says why;
 * - `AUDIT_FORBIDDEN`: the token's DID is not among the auditors, or the request came by another name than a loopback one;
 * - `AUDIT_NOT_FOUND`: no such subject or index as of the block;
 * - `AUDIT_MEDIA_TYPE`: `Accept` names nothing that is served;
 * - `AUDIT_CURSOR`: what the cursor names was undone: begin again;
 * - `AUDIT_BUSY`: ask again later.
 */
export type AuditErrorCode = keyof typeof ERRORS;
export const AUDIT_ERROR_CODES = Object.keys(ERRORS) as AuditErrorCode[];

/** What an auditor asked can't be answered as asked. */
export class AuditError extends MapaeError {
  readonly code: AuditErrorCode;

  constructor(code: AuditErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Such an error as problem details (RFC 9457). */
export function auditProblem({ code, message: detail }: AuditError): Omit<Problem, "code"> & { code: AuditErrorCode } {
  const [status, title] = ERRORS[code];
  return { type: "about:blank", title, status, detail, code };
}
