import { isJwsBy } from "../crypto/jws.ts";
import { algorithmOf, SIGNING_KEYS } from "../crypto/signature.ts";
import type { KeyReader } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import { entryHistories } from "../did/entries.ts";
import { methodOf } from "../did/entry-method.ts";
import { keyName, type PublicJwk } from "../did/key.ts";
import { CLOCK_SKEW } from "../primitives/date-time.ts";
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
 * Why a credential itself is bad, whatever its issuer may do:
 * - `badSignature`: it is not signed by the key that it names;
 * - `credentialExpired`, `credentialNotYetValid`: by its own dates, now.
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
 * What is wrong with a credential itself, by its issuer's history alone. Ask this first: nothing that a forged credential points to
 * has to be fetched.
 *
 * @param did the issuer's events, oldest first; `undefined` when they could not be found out: then its own dates alone are judged.
 * @param now the verifier's clock, in Unix seconds.
 * @param keyOf reads keys; a `keyCache` for who judges the same issuers often.
 * @returns `undefined` when nothing is; also when the key that it names was never published, which {@link verifyCredential} says.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a key that no JWT is signed with here.
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
 * May this credential be trusted? What {@link credentialFault} finds comes first, then all that {@link trustAnswer} judges at the
 * moment of its issue. Whether who shows it is its holder is not asked here.
 *
 * @param evidence about the issuer, the type and the list of {@link listOf}; `list: null` when the credential points to what
 * is no list of its issuer.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a key that no JWT is signed with here.
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
 * May a credential be trusted in which {@link credentialFault} found nothing? As {@link verifyCredential}, without checking its
 * signature and dates again: for a caller that learns the rest of the evidence afterwards.
 *
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a key that no JWT is signed with here.
 */
export function credentialTrust(credential: Credential, evidence: TrustEvidence, options: TrustOptions): TrustAnswer {
  const answer = trustAnswer(questionOf(credential), evidence, options);
  // Without the issuer's history, or with a key that is not in it, nothing is valid. An account has no key to check with.
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

/** The key with a fragment, if it was ever published, for whatever and however it stands now. */
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
