import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import type { PublicJwk } from "../did/key.ts";
import { base64url } from "../primitives/base64url.ts";

const PARAMETER_SETS = { "ML-DSA-44": ml_dsa44, "ML-DSA-65": ml_dsa65, "ML-DSA-87": ml_dsa87 } as const;

/**
 * Whether a signature of ML-DSA (FIPS 204, algorithm 3, with an empty context) is by a key, in JavaScript: for platforms whose
 * WebCrypto has no ML-DSA.
 */
export function verifyMlDsa(
  { alg, pub }: Extract<PublicJwk, { kty: "AKP" }>,
  { signature, data }: { readonly signature: Uint8Array; readonly data: Uint8Array },
): boolean {
  const { lengths, verify } = PARAMETER_SETS[alg];
  // The library throws for a signature of another length.
  return signature.length === lengths.signature && verify(signature, data, base64url.decode(pub));
}
