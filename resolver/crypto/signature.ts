import { isMlDsa, type MlDsa, type PublicJwk } from "../did/key.ts";
import { nodeCrypto } from "../primitives/platform.ts";

/**
 * Algorithms that status lists and credentials are signed with, by their names in JOSE: RFC 7518, RFC 8037, and
 * draft-ietf-cose-dilithium-11 for ML-DSA.
 */
export type SignatureAlgorithm = "ES256" | "EdDSA" | MlDsa;

/** The keys that a signature can be verified by, in words. */
export const SIGNING_KEYS = "P-256, Ed25519 or ML-DSA";

/** The one algorithm of a key. The algorithm that a token names is compared with it, never trusted. */
export function algorithmOf(jwk: PublicJwk): SignatureAlgorithm | undefined {
  if (jwk.kty === "AKP") return jwk.alg;
  if (jwk.crv === "P-256") return "ES256";
  if (jwk.crv === "Ed25519") return "EdDSA";
  return undefined;
}

const PARAMETERS = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
} as const;

/** Parameters for importing a key into WebCrypto. */
const KEY_PARAMETERS = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
} as const;

/** A signature and the bytes that are signed. */
export interface Signed {
  /**
   * r and s of ES256 concatenated, the 64 bytes of EdDSA, or an encoded ML-DSA signature with an empty context (FIPS 204,
   * section 7.2).
   */
  readonly signature: Uint8Array;
  readonly data: Uint8Array;
}

/** Whether a signature is by a key; `false` for a key whose coordinates are no point of the curve. */
export async function isSignedBy(jwk: PublicJwk, algorithm: SignatureAlgorithm, signed: Signed): Promise<boolean> {
  if (jwk.kty === "AKP") return isSignedByMlDsa(jwk, signed);
  if (isMlDsa(algorithm)) return false;
  return isSignedByCurve(jwk, algorithm, signed);
}

type CurveJwk = Exclude<PublicJwk, { kty: "AKP" }>;
type CurveAlgorithm = Exclude<SignatureAlgorithm, MlDsa>;

/**
 * On Node by OpenSSL, synchronously: it takes half of the processor time of WebCrypto, which passes each signature to another
 * thread and waits for it on a busy machine.
 */
const isSignedByCurve = nodeCrypto === undefined ? isSignedByWebCrypto : isSignedByOpenSsl;

/** {@link isSignedBy} of a curve where there is no OpenSSL. */
export async function isSignedByWebCrypto(
  jwk: CurveJwk,
  algorithm: CurveAlgorithm,
  { signature, data }: Signed,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("jwk", { ...jwk }, KEY_PARAMETERS[algorithm], false, ["verify"]);
    return await crypto.subtle.verify(PARAMETERS[algorithm], key, signature.slice(), data.slice());
  } catch (error) {
    if (error instanceof DOMException && error.name === "DataError") return false;
    throw error;
  }
}

/** Importing a key takes a quarter of the time of verifying with it, so it is cached for as long as the JWK is referenced. */
const openSslKeys = new WeakMap<CurveJwk, object>();

function isSignedByOpenSsl(jwk: CurveJwk, algorithm: CurveAlgorithm, { signature, data }: Signed): boolean {
  const openSsl = nodeCrypto as NonNullable<typeof nodeCrypto>;
  try {
    const key = openSslKeys.get(jwk) ?? openSsl.createPublicKey({ key: jwk, format: "jwk" });
    openSslKeys.set(jwk, key);
    const how = { key, dsaEncoding: "ieee-p1363" } as const;
    return openSsl.verify(algorithm === "ES256" ? "sha256" : null, data, how, signature);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_CRYPTO_INVALID_JWK") return false;
    throw error;
  }
}

/** By the platform where it supports ML-DSA, otherwise by a library that is loaded at the first use. */
async function isSignedByMlDsa(jwk: Extract<PublicJwk, { kty: "AKP" }>, { signature, data }: Signed): Promise<boolean> {
  const parameters = { name: jwk.alg };
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("jwk", { ...jwk }, parameters, false, ["verify"]);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "NotSupportedError")) throw error;
    const { verifyMlDsa } = await import("./ml-dsa.ts");
    return verifyMlDsa(jwk, { signature, data });
  }
  return crypto.subtle.verify(parameters, key, signature.slice(), data.slice());
}
