import type { Words } from "../../shared/words.ts";

/** What went wrong, in a code that the texts have words for. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The verifier that may be looked up. */
  readonly did?: string;
}

/** The code of an error of this wallet, of its packages, or of the browser. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { code: "UNKNOWN", message: String(error) };
  const { code, did } = error as { code?: unknown; did?: string };
  const found = typeof code === "string" ? code : (FROM_NAME[error.name] ?? fromIssuer(error));
  return {
    code: FROM_LIBRARY[found] ?? found,
    message: error.message.slice(0, 200),
    ...(did !== undefined && { did }),
  };
}

export function textOf(words: Words, { code, message }: Problem): string {
  return code === "UNKNOWN" ? words("problem.UNKNOWN", { message }) : words.maybe(`problem.${code}`, message);
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

/** What an issuer's server answered, or that it did not. */
function fromIssuer(error: Error): string {
  const { errorResponse, response } = error as { errorResponse?: { error?: string }; response?: Response };
  if (errorResponse?.error === "invalid_grant" || errorResponse?.error === "invalid_request") return "OFFER_CODE";
  if (response?.status === 404 || response?.status === 410) return "OFFER_GONE";
  return error instanceof TypeError && /fetch/i.test(error.message) ? "ISSUER_UNREACHABLE" : "UNKNOWN";
}
