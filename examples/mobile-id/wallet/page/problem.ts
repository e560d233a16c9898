import type { Words } from "../../shared/words.ts";

/** An error, with a code for which there is a text. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The verifier that may be looked up. */
  readonly did?: string;
  /** The verifier's own reason for refusing an answer. */
  readonly reason?: string;
}

/** The code of an error of this wallet, of its packages, or of the browser. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { code: "UNKNOWN", message: String(error) };
  const { code, did, reason } = error as { code?: unknown; did?: string; reason?: string };
  const found = typeof code === "string" ? code : (FROM_NAME[error.name] ?? fromIssuer(error));
  return {
    code: FROM_LIBRARY[found] ?? found,
    message: error.message.slice(0, 200),
    ...(did !== undefined && { did }),
    ...(reason !== undefined && { reason }),
  };
}

export function textOf(words: Words, { code, message, reason }: Problem): string {
  const what = code === "UNKNOWN" ? words("problem.UNKNOWN", { message }) : words.maybe(`problem.${code}`, message);
  // Only a reason with a text of this wallet is shown, never free text of a site.
  return `${what} ${words.maybe(`reason.${reason}`, "")}`.trim();
}

const FROM_NAME: Readonly<Record<string, string>> = {
  NotAllowedError: "CAMERA_REFUSED",
  NotFoundError: "CAMERA_MISSING",
  NotReadableError: "CAMERA_REFUSED",
};

const FROM_LIBRARY: Readonly<Record<string, string>> = {
  UNAVAILABLE: "NETWORK",
  NODES_DISAGREE: "NETWORK",
  CREDENTIAL_MALFORMED: "CARD_OFFER",
  CREDENTIAL_UNSUPPORTED: "CARD_OFFER",
};

/** Errors of RFC 6749 and OpenID4VCI that a person can act on. */
const FROM_OAUTH: Readonly<Record<string, string>> = {
  invalid_grant: "OFFER_CODE",
  invalid_request: "OFFER_CODE",
  credential_request_denied: "CARD_DENIED",
};

interface OAuthError {
  readonly error?: string;
}

/** The place in which the library has the error of a credential endpoint. */
interface FromCredentials {
  readonly credentialErrorResponseResult?: { readonly data?: OAuthError };
}

/** The code for an issuer's answer, or for a missing one. */
function fromIssuer(error: Error): string {
  const { errorResponse, response } = error as { errorResponse?: OAuthError; response?: Response & FromCredentials };
  const refused = errorResponse ?? response?.credentialErrorResponseResult?.data;
  if (refused?.error !== undefined) return FROM_OAUTH[refused.error] ?? "ISSUER_REFUSED";
  if (response?.status === 404 || response?.status === 410) return "OFFER_GONE";
  // The library wraps the error of `fetch`.
  const failed = error.cause instanceof TypeError ? error.cause : error;
  return failed instanceof TypeError && /fetch/i.test(failed.message) ? "ISSUER_UNREACHABLE" : "UNKNOWN";
}
