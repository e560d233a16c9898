import type { SignatureAlgorithm } from "../../crypto/signature.ts";
import { encodeCbor } from "./cbor.ts";

/** Type, in COSE header 16, of a Token Status List as a CWT. */
export const CWT_TYPE = "application/statuslist+cwt";

/** Tag of a COSE_Sign1 (RFC 9052, section 2). */
export const SIGN1_TAG = 18;

/**
 * Labels of COSE headers (RFC 9052, section 3.1; RFC 9596), and the numbers of algorithms (RFC 9053; draft-ietf-cose-dilithium-11,
 * section 8.1).
 */
export const HEADER = {
  algorithm: 1,
  critical: 2,
  keyId: 4,
  type: 16,
  algorithms: { ES256: -7, EdDSA: -8, "ML-DSA-44": -48, "ML-DSA-65": -49, "ML-DSA-87": -50 },
} as const;

/** The algorithms by their numbers in a COSE header; -9 and -19 are RFC 9864's ESP256 and Ed25519. */
export const COSE_ALGORITHMS: ReadonlyMap<unknown, SignatureAlgorithm> = new Map([
  [-7, "ES256"],
  [-9, "ES256"],
  [-8, "EdDSA"],
  [-19, "EdDSA"],
  [-48, "ML-DSA-44"],
  [-49, "ML-DSA-65"],
  [-50, "ML-DSA-87"],
]);

/** Keys of CWT claims (RFC 8392; Token Status List, section "Status List Token in CWT Format"). */
export const CLAIM = { issuer: 1, subject: 2, expiresAt: 4, issuedAt: 6, statusList: 65_533, ttl: 65_534 } as const;

/** The bytes that a COSE_Sign1 signs (RFC 9052, section 4.4), without external data. */
export function sigStructure(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodeCbor(["Signature1", protectedHeader, new Uint8Array(0), payload]);
}
