import type { CredentialError } from "../resolver/credential/credential-error.ts";
import type { ProofErrorCode } from "../resolver/proofs/proof-error.ts";
import type { Reason } from "../resolver/verifier/steps.ts";

/**
 * Why a gate admits:
 * - `fresh`: the bundle is fresh;
 * - `stale`: the bundle is not fresh, but within the policy: a warning is given;
 * - `clockBehind`, `clockAhead`: the same, because of the clock.
 */
export type AdmitReason = "fresh" | "stale" | "clockBehind" | "clockAhead";

/**
 * Why a gate does not admit, for reasons outside of the credential:
 * - `noBundle`: the gate has no bundle yet;
 * - `expired`: the credential is valid by the bundle, but the bundle is older than the policy allows;
 * - `issuerNotInBundle`, `listNotInBundle`: the bundle does not cover the issuer or the list, so the verdict is `unknown`;
 * - `accreditationUnavailable`: no grant of the issuer in the bundle holds, and others may have been left out;
 * - `typeNotAdmitted`, `otherNetwork`: the policy does not admit the type, or the issuer is of another network;
 * - `nonceUnknown`: the gate did not issue the nonce, or it was used or has expired.
 */
export type DenyReason =
  | "noBundle"
  | "expired"
  | "issuerNotInBundle"
  | "listNotInBundle"
  | "typeNotAdmitted"
  | "otherNetwork"
  | "nonceUnknown"
  | CredentialError["code"]
  | Exclude<Reason, "stale" | "issuerUnavailable" | "statusUnavailable">;

/** Why a gate decided as it did. */
export type GateReason = AdmitReason | DenyReason;

/**
 * The outcome of an import of a bundle:
 * - `newer`: it replaced the held one;
 * - `same`, `heldBefore`: its block is that of the held bundle, or of an earlier one;
 * - `olderBlock`: its block is before the held one and was never held: somebody may be trying to roll the gate back;
 * - `otherHash`: its block is sealed, and so was another block of the same height that was held: the signers of both are
 *   dishonest;
 * - `missingType`: it does not have all types of the policy;
 * - `narrower`: it leaves out a grant, an issuer or a list of these types that the held one has, so that somebody may be trying to
 *   make the gate refuse an issuer's credentials;
 * - a code of a `ProofError`: it is not proven.
 */
export type ImportReason =
  | "newer"
  | "same"
  | "heldBefore"
  | "olderBlock"
  | "otherHash"
  | "missingType"
  | "narrower"
  | ProofErrorCode;

/** Reasons that are an alarm: the held block and the new one are stored as evidence. */
export const ALARMS = ["olderBlock", "otherHash"] as const satisfies readonly ImportReason[];
/** One of {@link ALARMS}. */
export type AlarmReason = (typeof ALARMS)[number];
