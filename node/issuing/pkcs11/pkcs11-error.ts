import { CodedError } from "../../../resolver/errors.ts";

/**
 * - `PKCS11_PACKAGE`: the npm package for PKCS#11 is not installed;
 * - `PKCS11_MODULE`: the module's library can't be loaded, or has no such token;
 * - `PKCS11_PIN`: the token rejects the PIN. It is tried only once, because tokens lock themselves;
 * - `PKCS11_KEY`: the token has no key that signs status lists, or one whose halves do not belong together; or not exactly
 *   one key with the label of an account;
 * - `PKCS11_SIGN`: the module did not sign, or not in time; the next try opens a new session.
 */
export type Pkcs11ErrorCode = "PKCS11_PACKAGE" | "PKCS11_MODULE" | "PKCS11_PIN" | "PKCS11_KEY" | "PKCS11_SIGN";

/** A hardware module can't be used as configured. */
export class Pkcs11Error extends CodedError<Pkcs11ErrorCode> {}
