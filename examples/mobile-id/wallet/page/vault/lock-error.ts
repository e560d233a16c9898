/**
 * Why a lock does not open or can't be made: `LOCK_WRONG_PIN`; `LOCK_PASSKEY_REFUSED` when the holder or the browser said no;
 * `LOCK_NO_PRF` when the passkey can't give a secret, so that a PIN has to do.
 */
export class LockError extends Error {
  override readonly name = "LockError";
  readonly code: "LOCK_WRONG_PIN" | "LOCK_PASSKEY_REFUSED" | "LOCK_NO_PRF";
  constructor(code: LockError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
