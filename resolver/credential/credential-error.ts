import { CodedError } from "../errors.ts";

/**
 * A text that can't be judged as a credential:
 * - `CREDENTIAL_MALFORMED`: it is no SD-JWT VC or VC-JWT, or a claim breaks its format;
 * - `CREDENTIAL_UNSUPPORTED`: it is one, but Mapae does not support its issuer, type, key, algorithm or status.
 */
export class CredentialError extends CodedError<"CREDENTIAL_MALFORMED" | "CREDENTIAL_UNSUPPORTED"> {}

export function malformed(message: string, cause?: unknown): CredentialError {
  return new CredentialError("CREDENTIAL_MALFORMED", message, { cause });
}

export function unsupported(message: string, cause?: unknown): CredentialError {
  return new CredentialError("CREDENTIAL_UNSUPPORTED", message, { cause });
}
