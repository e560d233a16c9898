import canonicalize from "canonicalize";
import type { SignatureAlgorithm } from "../../crypto/signature.ts";

/** A Data Integrity proof of a `jcs-2022` suite (VC Data Integrity v1.0, section 2.1); without its value until it is signed. */
export interface ProofOptions {
  readonly "@context"?: unknown;
  readonly type: "DataIntegrityProof";
  readonly cryptosuite: string;
  readonly created?: string;
  readonly verificationMethod: string;
  readonly proofPurpose: "assertionMethod";
}

/**
 * The suite of each algorithm that has one: Data Integrity ECDSA Cryptosuites v1.0, section 3.3; EdDSA Cryptosuites v1.0,
 * section 3.3. The suites of ML-DSA declare themselves experimental (Quantum-Safe Cryptosuites v0.3).
 */
export const SUITES: Readonly<Partial<Record<SignatureAlgorithm, string>>> = {
  ES256: "ecdsa-jcs-2022",
  EdDSA: "eddsa-jcs-2022",
};

/**
 * The bytes that a `jcs-2022` suite signs: the SHA-256 hashes of the proof's options and of the document, each in JCS.
 * @param document without its proof.
 */
export async function integrityData(document: object, proof: object): Promise<Uint8Array> {
  const [options, content] = await Promise.all([sha256(proof), sha256(document)]);
  const data = new Uint8Array(options.length + content.length);
  data.set(options);
  data.set(content, options.length);
  return data;
}

async function sha256(json: object): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(canonicalize(json));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
