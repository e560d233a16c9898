import { LockError } from "./lock-error.ts";
import { passkeySecret, registerPasskey } from "./passkey.ts";

/** Rounds of PBKDF2-HMAC-SHA-256 over a PIN, as OWASP recommends (Password Storage Cheat Sheet, 2023 and newer). */
const PIN_ROUNDS = 600_000;

/** Wrong PINs in a row after which everything is erased. */
export const MAX_WRONG_PINS = 10;

export const PIN_FORMAT = /^\d{6}$/;

/** The stored form of the vault's key: wrapped by a key that is derived from the holder's PIN or passkey. */
export interface LockRecord {
  readonly kind: "pin" | "passkey";
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly wrapped: ArrayBuffer;
  /** The passkey's id; absent for a PIN. */
  readonly passkey?: ArrayBuffer;
  readonly wrongPins: number;
}

/** What the holder unlocks the vault with. */
export type Secret = { readonly pin: string } | "passkey";

export interface NewLock {
  readonly record: LockRecord;
  readonly key: CryptoKey;
}

/** Creates the vault's key and its lock. @throws LockError */
export async function makeLock(secret: Secret): Promise<NewLock> {
  const salt = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const passkey = secret === "passkey" ? await registerPasskey(salt) : undefined;
  const under = await (passkey ? fromPasskey(passkey.secret, salt) : fromPin((secret as { pin: string }).pin, salt));
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", key, under, { name: "AES-GCM", iv });
  const kind = passkey ? { kind: "passkey" as const, passkey: passkey.id } : { kind: "pin" as const };
  const record = { ...kind, salt, iv, wrapped, wrongPins: 0 };
  return { record, key: await unwrap(record, under) };
}

/** Opens a lock. The key that it returns is not extractable. @throws LockError */
export async function openLock(record: LockRecord, secret: Secret): Promise<CryptoKey> {
  const { salt, passkey } = record;
  if (secret !== "passkey") return unwrap(record, await fromPin(secret.pin, salt));
  if (passkey === undefined) throw new TypeError("This wallet is locked by a PIN, not by a passkey");
  return unwrap(record, await fromPasskey(await passkeySecret(passkey, salt), salt));
}

async function unwrap({ iv, wrapped }: LockRecord, under: CryptoKey): Promise<CryptoKey> {
  const aes = { name: "AES-GCM", iv };
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped, under, aes, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch (cause) {
    throw new LockError("LOCK_WRONG_PIN", "The vault's key does not open with this secret", { cause });
  }
}

async function fromPin(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  return wrappingKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: PIN_ROUNDS }, material);
}

async function fromPasskey(secret: BufferSource, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("mapae wallet: wraps the vault's key");
  return wrappingKey({ name: "HKDF", hash: "SHA-256", salt, info }, material);
}

function wrappingKey(by: Pbkdf2Params | HkdfParams, material: CryptoKey): Promise<CryptoKey> {
  const uses: KeyUsage[] = ["wrapKey", "unwrapKey"];
  return crypto.subtle.deriveKey(by, material, { name: "AES-GCM", length: 256 }, false, uses);
}
