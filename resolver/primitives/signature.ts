import { type CryptoKey, importJWK } from "jose";
import type { PublicJwk } from "../did/key.ts";

/** Algorithms that status lists and credentials are signed with (RFC 7518, RFC 8037). */
export type SignatureAlgorithm = "ES256" | "EdDSA";

/** The one algorithm that a key is good for: what a token says of its own algorithm is compared with this, never believed. */
export function algorithmOf({ crv }: PublicJwk): SignatureAlgorithm | undefined {
  if (crv === "P-256") return "ES256";
  if (crv === "Ed25519") return "EdDSA";
  return undefined;
}

const PARAMETERS = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
} as const;

/** The key as WebCrypto and `jose` take it. */
export async function verificationKey(jwk: PublicJwk, algorithm: SignatureAlgorithm): Promise<CryptoKey> {
  return (await importJWK({ ...jwk }, algorithm)) as CryptoKey;
}

/**
 * Whether a signature is by a key.
 * @param signature r and s of ES256 one after the other, or the 64 bytes of EdDSA.
 */
export async function isSignedBy(
  jwk: PublicJwk,
  algorithm: SignatureAlgorithm,
  { signature, data }: { readonly signature: Uint8Array; readonly data: Uint8Array },
): Promise<boolean> {
  const key = await verificationKey(jwk, algorithm);
  return crypto.subtle.verify(PARAMETERS[algorithm], key, signature.slice(), data.slice());
}
