import { ed25519 } from "@noble/curves/ed25519.js";
import { uncompress } from "../crypto/uncompress.ts";
import { base64url } from "../primitives/base64url.ts";
import { sha256Base64url } from "../primitives/sha256.ts";

/** Bytes of a public key of each parameter set of ML-DSA (FIPS 204, table 2). */
export const ML_DSA_KEY_BYTES = { "ML-DSA-44": 1_312, "ML-DSA-65": 1_952, "ML-DSA-87": 2_592 } as const;
/** A parameter set of ML-DSA by its name in JOSE: `ML-DSA-44`, `ML-DSA-65` or `ML-DSA-87`. */
export type MlDsa = keyof typeof ML_DSA_KEY_BYTES;

/**
 * A public key as a JWK (RFC 7517, RFC 8037; for ML-DSA draft-ietf-cose-dilithium-11, section 3), with only the members that
 * its thumbprint covers.
 */
export type PublicJwk =
  | { readonly kty: "EC"; readonly crv: "P-256" | "secp256k1"; readonly x: string; readonly y: string }
  | { readonly kty: "OKP"; readonly crv: "Ed25519" | "X25519"; readonly x: string }
  | { readonly kty: "AKP"; readonly alg: MlDsa; readonly pub: string };

/** Algorithms of keys, as attributes name them. */
export const KEY_ALGORITHMS = ["P256", "Secp256k1", "Ed25519", "X25519", "MLDSA44", "MLDSA65", "MLDSA87"] as const;
/** One of {@link KEY_ALGORITHMS}. */
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

const CURVES = { P256: "P-256", Secp256k1: "secp256k1" } as const;
const PARAMETER_SETS = { MLDSA44: "ML-DSA-44", MLDSA65: "ML-DSA-65", MLDSA87: "ML-DSA-87" } as const;

/**
 * The JWK of a raw public key: a compressed point (SEC 1, 2.3.3) of P-256 or secp256k1, 32 bytes of Ed25519 or X25519, or an
 * encoded key of ML-DSA (FIPS 204, section 7.2).
 * @returns `undefined` when the bytes are no key: wrong length, or no point on the curve.
 *
 * @example
 * ```ts
 * import { keyName, publicJwk, thumbprint } from "mapae";
 * const jwk = publicJwk("X25519", new Uint8Array(32).fill(9));
 * console.log(jwk && keyName(jwk)); // X25519
 * console.log(jwk && thumbprint(jwk)); // R1kTdSRn7M9ZSw4Gp_FSKaKiJ9D53Zu_OyJMEVSN13A
 * console.log(publicJwk("P256", new Uint8Array(32))); // undefined
 * ```
 */
export function publicJwk(algorithm: KeyAlgorithm, bytes: Uint8Array): PublicJwk | undefined {
  if (algorithm === "P256" || algorithm === "Secp256k1") {
    const crv = CURVES[algorithm];
    if (bytes.length !== 33) return undefined;
    const uncompressed = onCurve(() => uncompress(crv, bytes));
    if (uncompressed === undefined) return undefined;
    return {
      kty: "EC",
      crv,
      x: base64url.encode(uncompressed.subarray(1, 33)),
      y: base64url.encode(uncompressed.subarray(33)),
    };
  }
  if (algorithm !== "Ed25519" && algorithm !== "X25519") {
    const alg = PARAMETER_SETS[algorithm];
    // All bytes of that length are a key: coefficients may have any value (FIPS 204, algorithm 23).
    return bytes.length === ML_DSA_KEY_BYTES[alg] ? { kty: "AKP", alg, pub: base64url.encode(bytes) } : undefined;
  }
  if (bytes.length !== 32) return undefined;
  // RFC 7748 accepts any 32 bytes as an X25519 key; an Ed25519 key has to be a point (RFC 8032, 5.1.3).
  if (algorithm === "Ed25519" && onCurve(() => ed25519.Point.fromBytes(bytes)) === undefined) return undefined;
  return { kty: "OKP", crv: algorithm, x: base64url.encode(bytes) };
}

/** The RFC 7638 thumbprint of a key (SHA-256, base64url). */
export function thumbprint(jwk: PublicJwk): string {
  return sha256Base64url(JSON.stringify(thumbprintMembers(jwk)));
}

/** The common name of a key's kind: its curve, or its parameter set. */
export function keyName(jwk: PublicJwk): string {
  return jwk.kty === "AKP" ? jwk.alg : jwk.crv;
}

/** Whether a name is that of a parameter set of ML-DSA. */
export function isMlDsa(name: string): name is MlDsa {
  return Object.hasOwn(ML_DSA_KEY_BYTES, name);
}

/** The members that the thumbprint covers, in the order of RFC 7638, section 3. */
function thumbprintMembers(jwk: PublicJwk): object {
  if (jwk.kty === "AKP") return { alg: jwk.alg, kty: jwk.kty, pub: jwk.pub };
  const { crv, kty, x } = jwk;
  return jwk.kty === "EC" ? { crv, kty, x, y: jwk.y } : { crv, kty, x };
}

function onCurve<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    // Lengths were checked, so the curve library throws only for bytes that are no point.
    return undefined;
  }
}
