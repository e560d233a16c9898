import { decodeBase58 } from "../../crypto/base58.ts";
import { isSignedBy } from "../../crypto/signature.ts";
import { parseDateTime } from "../../primitives/date-time.ts";
import { isObject, member } from "../../primitives/json.ts";
import { readBitstring } from "../status-list.ts";
import {
  assertionKey,
  badSignature,
  checkAge,
  checkTtl,
  type ExpectedList,
  expectLength,
  expectSubject,
  malformed,
  unsupported,
  type VerifiedList,
} from "./check-token.ts";
import { integrityData, SUITES } from "./data-integrity.ts";
import { parseJson, verifyJws } from "./verify-jws.ts";

/** `typ` of a credential as VC-JOSE (Securing Verifiable Credentials using JOSE and COSE, section 3.1.1). */
export const CREDENTIAL_TYPE = "vc+jwt";

/** A list of one purpose: revocation, or suspension, each at a URI of its own. */
export interface ExpectedBitstring extends ExpectedList {
  /** `<baseUri>/<number>/revocation` or `/suspension`. */
  readonly uri: string;
  readonly purpose: "revocation" | "suspension";
}

/**
 * Verifies a W3C Bitstring Status List credential that was served as VC-JOSE.
 * @throws StatusListError
 */
export async function verifyStatusVcJwt(token: string, expected: ExpectedBitstring): Promise<VerifiedList> {
  const { payload, keyId } = await verifyJws(token, CREDENTIAL_TYPE, expected.document);
  return checked(payload, keyId, expected);
}

/**
 * Verifies a W3C Bitstring Status List credential that was served with a Data Integrity proof, `ecdsa-jcs-2022` or
 * `eddsa-jcs-2022`.
 *
 * @param bytes JSON, as it was served.
 * @throws StatusListError
 */
export async function verifyStatusCredential(bytes: Uint8Array, expected: ExpectedBitstring): Promise<VerifiedList> {
  expectLength(bytes.length);
  const credential = parseJson(bytes);
  const proof = member(credential, "proof");
  if (!isObject(credential) || !isObject(proof)) throw malformed("It is no credential with one proof");
  const { proof: _, ...unsecured } = credential;
  const { proofValue, ...options } = proof;
  const { keyId, jwk, algorithm } = assertionKey(expected.document, options.verificationMethod);
  const suite = SUITES[algorithm];
  if (suite === undefined) throw unsupported(`Its key is of ${algorithm}, which has no suite of Data Integrity here`);
  if (options.type !== "DataIntegrityProof" || options.cryptosuite !== suite) {
    throw malformed(`Its proof is none of ${suite}`);
  }
  if (options.proofPurpose !== "assertionMethod") throw malformed("Its proof is for another purpose than assertions");
  const context = options["@context"];
  if (context !== undefined && JSON.stringify(context) !== JSON.stringify(unsecured["@context"])) {
    throw malformed("Its proof is made in another context");
  }
  const signature = fromMultibase(proofValue);
  const data = await integrityData(unsecured, options);
  if (!(await isSignedBy(jwk, algorithm, { signature, data }))) throw badSignature(keyId);
  return checked(unsecured, keyId, expected);
}

async function checked(credential: unknown, keyId: string, expected: ExpectedBitstring): Promise<VerifiedList> {
  const { uri, size, document, now, purpose } = expected;
  const subject = member(credential, "credentialSubject");
  const types = [member(credential, "type")].flat();
  if (!types.includes("VerifiableCredential") || !types.includes("BitstringStatusListCredential")) {
    throw malformed("It is no BitstringStatusListCredential");
  }
  if (member(subject, "type") !== "BitstringStatusList") throw malformed("Its subject is no BitstringStatusList");
  if (![undefined, 1].includes(member(subject, "statusSize") as number | undefined)) {
    throw malformed("Its statuses have more than one bit");
  }
  expectSubject("id", member(credential, "id"), uri);
  expectSubject("issuer", member(credential, "issuer"), document.id);
  expectSubject("statusPurpose", member(subject, "statusPurpose"), purpose);
  const age = checkAge(
    parseDateTime(member(credential, "validFrom")),
    parseDateTime(member(credential, "validUntil")),
    now,
  );
  // Bitstring Status List has `ttl` in milliseconds.
  const ttl = checkTtl(member(subject, "ttl"));
  const list = await readBitstring(member(subject, "encodedList"), size);
  return { list, ...age, ttl: ttl && ttl / 1_000, keyId };
}

/** Longest signature in base58, multibase prefix included. */
const MAX_PROOF_LENGTH = 100;

function fromMultibase(value: unknown): Uint8Array {
  if (typeof value !== "string" || !value.startsWith("z") || value.length > MAX_PROOF_LENGTH) {
    throw malformed("Its proofValue is none of multibase base58");
  }
  try {
    return decodeBase58(value.slice(1));
  } catch (cause) {
    throw malformed("Its proofValue is no base58", cause);
  }
}
