import { compactVerify, errors } from "jose";
import { readAttribute } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import { type PublicJwk, thumbprint } from "../did/key.ts";
import type { Hash } from "../primitives/hex.ts";
import { keccak256Text } from "../primitives/keccak.ts";
import { algorithmOf, verificationKey } from "../primitives/signature.ts";
import { listIdOf } from "../status/apply-status-event.ts";
import { type TrustAnswer, type TrustEvidence, type TrustOptions, trustAnswer } from "../trust/trust-answer.ts";
import { CredentialError } from "./credential-error.ts";
import { expectDisclosed } from "./disclosures.ts";
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
  | (Omit<TrustAnswer, "verdict" | "reason" | "grant"> & {
      readonly verdict: "invalid";
      readonly reason: CredentialFault;
    });

/** The id of the list that a credential points to, if it is its issuer's; the last part of its URI is the list's number. */
export function listOf({ issuer, status }: Pick<Credential, "issuer" | "status">): Hash | undefined {
  const [, number] = /\/(0|[1-9]\d{0,77})$/.exec(status?.uri ?? "") ?? [];
  return number === undefined || BigInt(number) >= 2n ** 256n ? undefined : listIdOf(issuer.address, BigInt(number));
}

/**
 * May this credential be trusted? Its signature and own dates are checked, then all that {@link trustAnswer} judges at the moment
 * of its issue. Whether who shows it is its holder is not asked here.
 *
 * @param evidence about the issuer, the type and the list of {@link listOf}; `list: null` when the credential points to what
 * is no list of its issuer.
 * @throws CredentialError `CREDENTIAL_UNSUPPORTED` for a key that no JWT is signed with; `CREDENTIAL_MALFORMED` for
 * disclosures that its issuer did not sign.
 */
export async function verifyCredential(
  credential: Credential,
  evidence: TrustEvidence,
  options: TrustOptions,
): Promise<CredentialAnswer> {
  const { issuer, key, type, issuedAt: at, status, validFrom, validUntil } = credential;
  const list = listOf(credential);
  const question = {
    issuer: issuer.address,
    key,
    typeId: keccak256Text(type),
    at,
    status: status && { list: list ?? NO_LIST, index: status.index },
  };
  const answer = trustAnswer(question, evidence, options);
  const bad = (reason: CredentialFault): CredentialAnswer => {
    const { asOf, at, staleness, chain } = answer;
    return { verdict: "invalid", reason, asOf, at, staleness, chain };
  };
  const jwk = evidence.did && publishedKey(evidence.did, key);
  if (jwk === undefined) {
    // Without the issuer's history, or with a key that is not in it, nothing is valid. An account has no key to check with.
    if (evidence.did === undefined || answer.verdict === "invalid") return answer;
    throw new CredentialError("CREDENTIAL_UNSUPPORTED", "It is signed by an account, wanted a P-256 or Ed25519 key");
  }
  if (!(await isSigned(credential, jwk))) return bad("badSignature");
  await expectDisclosed(credential.payload, credential.disclosures);
  if (validUntil !== null && options.now >= validUntil) return bad("credentialExpired");
  if (validFrom !== null && options.now + CLOCK_SKEW < validFrom) return bad("credentialNotYetValid");
  return answer;
}

/** Seconds by which the clocks of issuer and verifier may differ. */
const CLOCK_SKEW = 60;

/** No list has this id. */
const NO_LIST: Hash = `0x${"0".repeat(64)}`;

/** The key with a fragment, if it was ever published, for whatever and however it stands now. */
function publishedKey(events: readonly DidEvent[], fragment: string): PublicJwk | undefined {
  for (const event of events) {
    const attribute = event.type === "attribute" ? readAttribute(event) : undefined;
    if (attribute?.kind === "key" && thumbprint(attribute.jwk) === fragment) return attribute.jwk;
  }
  return undefined;
}

async function isSigned({ jws }: Credential, jwk: PublicJwk): Promise<boolean> {
  const algorithm = algorithmOf(jwk);
  if (algorithm === undefined) {
    throw new CredentialError("CREDENTIAL_UNSUPPORTED", `Its key is of ${jwk.crv}, wanted P-256 or Ed25519`);
  }
  try {
    await compactVerify(jws, await verificationKey(jwk, algorithm), { algorithms: [algorithm] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
