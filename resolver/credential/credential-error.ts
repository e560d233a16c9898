import { MapaeError } from "../errors.ts";

/**
 * Why a text can't be judged as a credential:
 * - `CREDENTIAL_MALFORMED`: it is no SD-JWT VC or VC-JWT, or a claim breaks its format;
 * - `CREDENTIAL_UNSUPPORTED`: it is one, of an issuer, a type, a key, an algorithm or a status that Mapae knows nothing of.
 */
export class CredentialError extends MapaeError {
  readonly code: "CREDENTIAL_MALFORMED" | "CREDENTIAL_UNSUPPORTED";

  constructor(code: CredentialError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** For a text that is no credential. */
export function malformed(message: string, cause?: unknown): CredentialError {
  return new CredentialError("CREDENTIAL_MALFORMED", message, { cause });
}

/** For a credential of a kind that is not judged here. */
export function unsupported(message: string, cause?: unknown): CredentialError {
  return new CredentialError("CREDENTIAL_UNSUPPORTED", message, { cause });
}
