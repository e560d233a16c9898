import { LockError } from "./lock-error.ts";

/** A passkey's id and its secret. */
export interface Passkey {
  readonly id: ArrayBuffer;
  readonly secret: BufferSource;
}

/** Whether this browser supports passkeys. Whether a passkey supports secrets is known only after its creation. */
export function mayHavePasskeys(): boolean {
  return typeof PublicKeyCredential === "function";
}

/**
 * Creates a passkey of this origin, and gets its secret by the PRF extension (WebAuthn Level 3, section 10.1.4).
 * @throws LockError
 */
export async function registerPasskey(salt: Uint8Array<ArrayBuffer>): Promise<Passkey> {
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: "Mapae" },
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name: "mapae", displayName: "Mapae" },
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const { prf } = made.getClientExtensionResults();
  if (prf?.enabled !== true) {
    throw new LockError("LOCK_NO_PRF", "This passkey gives no secret (no PRF extension): use a PIN");
  }
  // Some authenticators return the secret only when the passkey is used, not at its creation.
  return { id: made.rawId, secret: prf.results?.first ?? (await passkeySecret(made.rawId, salt)) };
}

/** The passkey's secret for a salt, the same each time. @throws LockError */
export async function passkeySecret(id: ArrayBuffer, salt: Uint8Array<ArrayBuffer>): Promise<BufferSource> {
  const used = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: [{ type: "public-key", id }],
        userVerification: "required",
        extensions: { prf: { eval: { first: salt } } },
      },
    }),
  );
  const secret = used.getClientExtensionResults().prf?.results?.first;
  if (secret === undefined) throw new LockError("LOCK_NO_PRF", "The passkey gave no secret");
  return secret;
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (cause) {
    throw new LockError("LOCK_PASSKEY_REFUSED", "The browser or its user refused the passkey", { cause });
  }
  throw new LockError("LOCK_PASSKEY_REFUSED", "The browser gave no passkey");
}
