/**
 * Why a lock can't be opened or created: `LOCK_WRONG_PIN`; `LOCK_PASSKEY_REFUSED` when the holder or the browser refused;
 * `LOCK_NO_PRF` when the passkey does not support a secret, so that a PIN is needed; `LOCK_EXISTS` when another tab created the
 * wallet in the meantime, `LOCK_CHANGED` when another tab erased it.
 */
export class LockError extends Error {
  override readonly name = "LockError";
  readonly code: "LOCK_WRONG_PIN" | "LOCK_PASSKEY_REFUSED" | "LOCK_NO_PRF" | "LOCK_EXISTS" | "LOCK_CHANGED";
  constructor(code: LockError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
