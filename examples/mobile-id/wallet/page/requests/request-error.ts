/**
 * Why a request can't be answered:
 * - `REQUEST_MALFORMED`: it is no request, or one that breaks OpenID4VP;
 * - `REQUEST_KIND`: its verifier is identified in a way that this wallet does not support;
 * - `REQUEST_UNKNOWN_VERIFIER`: nothing is stored about its DID; it may be looked up;
 * - `REQUEST_NO_DOCUMENT`: its DID was never written, or is deactivated;
 * - `REQUEST_BAD_SIGNATURE`: it is not signed by a key of that DID;
 * - `REQUEST_EXPIRED`: it is too old;
 * - `REQUEST_UNREACHABLE`: it can't be fetched from the verifier, or the answer can't be delivered now;
 * - `REQUEST_REFUSED`: the verifier refused the answer.
 */
export type RequestErrorCode =
  | "REQUEST_MALFORMED"
  | "REQUEST_KIND"
  | "REQUEST_UNKNOWN_VERIFIER"
  | "REQUEST_NO_DOCUMENT"
  | "REQUEST_BAD_SIGNATURE"
  | "REQUEST_EXPIRED"
  | "REQUEST_UNREACHABLE"
  | "REQUEST_REFUSED";

interface RequestErrorOptions extends ErrorOptions {
  readonly did?: string;
  readonly reason?: string;
}

export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: RequestErrorCode;
  /** The verifier's DID, where it is known already. */
  readonly did: string | undefined;
  /** With `REQUEST_REFUSED`: the verifier's own reason. */
  readonly reason: string | undefined;
  constructor(code: RequestErrorCode, message: string, options: RequestErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.did = options.did;
    this.reason = options.reason;
  }
}
