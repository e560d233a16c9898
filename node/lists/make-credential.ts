import { encodeBase58 } from "../../resolver/crypto/base58.ts";
import { dateTime } from "../../resolver/resolution/resolve.ts";
import { integrityData, type ProofOptions, SUITES } from "../../resolver/status/signed/data-integrity.ts";
import { CREDENTIAL_TYPE } from "../../resolver/status/signed/verify-credential.ts";
import { AS_OF, LIFETIME, makeJws, type TokenInput, TTL } from "./make-token.ts";

/** Content of a list's credential; the URI is that of the purpose. */
export interface CredentialInput extends TokenInput {
  readonly purpose: "revocation" | "suspension";
}

/** The context of a credential's terms. The one term that is not the W3C's is defined inline. */
const CONTEXT = ["https://www.w3.org/ns/credentials/v2", { asOf: { "@id": AS_OF, "@type": "@json" } }];

/** The unsigned credential of a W3C Bitstring Status List v1.0, section 2.2. */
export function statusCredential({ uri, asOf, compressed, signer, purpose }: CredentialInput) {
  const { number: block, hash, time } = asOf;
  return {
    "@context": CONTEXT,
    id: uri,
    type: ["VerifiableCredential", "BitstringStatusListCredential"],
    issuer: signer.issuer,
    validFrom: dateTime(time),
    validUntil: dateTime(time + LIFETIME),
    credentialSubject: {
      id: `${uri}#list`,
      type: "BitstringStatusList",
      statusPurpose: purpose,
      ttl: TTL * 1_000,
      encodedList: `u${Buffer.from(compressed).toString("base64url")}`,
    },
    asOf: { block, hash },
  };
}

/** A list's credential as a JWT (VC-JOSE). */
export function makeStatusVcJwt(input: CredentialInput): Promise<string> {
  const { time } = input.asOf;
  const payload = { ...statusCredential(input), iat: time, exp: time + LIFETIME };
  return makeJws(CREDENTIAL_TYPE, payload, input.signer);
}

/**
 * A list's credential with a Data Integrity proof, as JSON.
 *
 * @throws {TypeError} for a signer whose algorithm has no suite.
 */
export async function makeStatusCredential(input: CredentialInput): Promise<string> {
  const credential = statusCredential(input);
  const { signer, asOf } = input;
  const cryptosuite = SUITES[signer.algorithm];
  if (cryptosuite === undefined) throw new TypeError(`There is no suite of Data Integrity for ${signer.algorithm}`);
  const options: ProofOptions = {
    type: "DataIntegrityProof",
    cryptosuite,
    created: dateTime(asOf.time),
    verificationMethod: signer.keyId,
    proofPurpose: "assertionMethod",
    "@context": CONTEXT,
  };
  const signature = await signer.sign(await integrityData(credential, options));
  return JSON.stringify({ ...credential, proof: { ...options, proofValue: `z${encodeBase58(signature)}` } });
}
