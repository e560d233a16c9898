import { isJwsBy } from "../crypto/jws.ts";
import { algorithmOf, SIGNING_KEYS } from "../crypto/signature.ts";
import type { KeyReader } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import { entryHistories } from "../did/entries.ts";
import { methodOf } from "../did/entry-method.ts";
import { keyName, type PublicJwk } from "../did/key.ts";
import { CLOCK_SKEW } from "../primitives/clock-skew.ts";
import type { Hash } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";
import { listIdOf } from "../status/apply-status-event.ts";
import {
  type TrustAnswer,
  type TrustEvidence,
  type TrustFacts,
  type TrustOptions,
  type TrustQuestion,
  trustAnswer,
} from "../trust/trust-answer.ts";
import { unsupported } from "./credential-error.ts";
import type { Credential } from "./read-credential.ts";

/**
 * A fault of the credential itself, independent of its issuer's accreditation:
 * - `badSignature`: it is not signed by the key that it names;
 * - `credentialExpired`, `credentialNotYetValid`: it is outside its own dates now.
 */
export type CredentialFault = "badSignature" | "credentialExpired" | "credentialNotYetValid";

/** A trust answer about a credential, its signature and its own dates included. */
export type CredentialAnswer =
  | TrustAnswer
  | (TrustFacts & {
      readonly verdict: "invalid";
      readonly reason: CredentialFault;
    });

/** The id of the list that a credential points to, if it is its issuer's; the last part of its URI is the list's number. */
export function listOf(credential: Pick<Credential, "issuer" | "status">): Hash | undefined {
  const number = listNumberOf(credential);
  return number === undefined ? undefined : listIdOf(credential.issuer.address, number);
}

/** The number of the list that a credential points to, if it is its issuer's. */
export function listNumberOf({ status }: Pick<Credential, "status">): bigint | undefined {
  const [, number] = /\/(0|[1-9]\d{0,77})$/.exec(status?.uri ?? "") ?? [];
  return number === undefined || BigInt(number) >= 2n ** 256n ? undefined : BigInt(number);
}

/**
 * The fault of a credential itself, which needs its issuer's history only. Call this first: then nothing that a forged
 * credential points to is fetched.
 *
 * @param did the issuer's events, oldest first; `undefined` when they could not be read: then only the credential's own dates
 * are judged.
 * @param now the verifier's clock, in Unix seconds.
 * @param keyOf reads keys; a `keyCache` saves time where the same issuers are judged often.
 * @returns `undefined` when there is none; also when the key that it names was never published, which {@link verifyCredential}
 * reports.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a kind of key that can't verify a JWT here.
 */
export async function credentialFault(
  { key, jws, validFrom, validUntil }: Credential,
  did: readonly DidEvent[] | undefined,
  now: number,
  keyOf?: KeyReader,
): Promise<CredentialFault | undefined> {
  const jwk = did && publishedKey(did, key, keyOf);
  if (jwk !== undefined && algorithmOf(jwk) === undefined) {
    throw unsupported(`Its key is of ${keyName(jwk)}, wanted ${SIGNING_KEYS}`);
  }
  if (jwk !== undefined && !(await isJwsBy(jws, jwk))) return "badSignature";
  if (validUntil !== null && now >= validUntil) return "credentialExpired";
  if (validFrom !== null && now + CLOCK_SKEW < validFrom) return "credentialNotYetValid";
  return undefined;
}

/**
 * Judges a credential: first by {@link credentialFault}, then by {@link trustAnswer} at the moment of its issue. Whether the
 * presenter is the holder is not checked here.
 *
 * @param evidence about the issuer, the type and the list of {@link listOf}; `list: null` when the credential points to
 * something other than a list of its issuer.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a kind of key that can't verify a JWT here.
 */
export async function verifyCredential(
  credential: Credential,
  evidence: TrustEvidence,
  options: TrustOptions,
): Promise<CredentialAnswer> {
  const fault = await credentialFault(credential, evidence.did, options.now, options.keyOf);
  if (fault === undefined) return credentialTrust(credential, evidence, options);
  const { asOf, at, staleness, status, chain } = trustAnswer(questionOf(credential), evidence, options);
  return { verdict: "invalid", reason: fault, asOf, at, staleness, status, chain };
}

/**
 * Judges a credential in which {@link credentialFault} found nothing. Like {@link verifyCredential}, but without checking the
 * signature and dates again, for a caller that gathers the rest of the evidence in between.
 *
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a kind of key that can't verify a JWT here.
 */
export function credentialTrust(credential: Credential, evidence: TrustEvidence, options: TrustOptions): TrustAnswer {
  const answer = trustAnswer(questionOf(credential), evidence, options);
  // Without the issuer's history, or with a key that is not in it, the verdict is never `valid`. An account has no key to
  // verify a signature with.
  const isByKey = publishedKey(evidence.did ?? [], credential.key, options.keyOf) !== undefined;
  if (answer.verdict !== "valid" || isByKey) return answer;
  throw unsupported("It is signed by an account, wanted a P-256 or Ed25519 key");
}

function questionOf(credential: Credential): TrustQuestion {
  const { issuer, key, type, issuedAt, status } = credential;
  return {
    issuer: issuer.address,
    key,
    typeId: keccak256Text(type),
    at: issuedAt,
    status: status && { list: listOf(credential) ?? NO_LIST, index: status.index },
  };
}

/** No list has this id. */
const NO_LIST: Hash = `0x${"0".repeat(64)}`;

/** The key with a fragment if it was ever published, for any relationship and also when it is revoked now. */
function publishedKey(
  events: readonly DidEvent[],
  fragment: string,
  keyOf: KeyReader | undefined,
): PublicJwk | undefined {
  for (const entry of entryHistories(events)) {
    const method = methodOf(entry, keyOf);
    if (method?.fragment === fragment) return method.jwk;
  }
  return undefined;
}
