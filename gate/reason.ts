import type { CredentialError } from "../resolver/credential/credential-error.ts";
import type { ProofErrorCode } from "../resolver/proofs/proof-error.ts";
import type { Reason } from "../resolver/verifier/steps.ts";

/**
 * Why somebody is let in:
 * - `fresh`: by fresh knowledge;
 * - `stale`: by knowledge that is not fresh and still within the policy: a warning goes with it;
 * - `clockBehind`, `clockAhead`: the same, since the clock is wrong.
 */
export type AdmitReason = "fresh" | "stale" | "clockBehind" | "clockAhead";

/**
 * Why somebody is not let in, where the credential is not to blame:
 * - `noBundle`: the gate has taken none yet;
 * - `expired`: the credential is good by what is known, which is older than the policy allows;
 * - `issuerNotInBundle`, `listNotInBundle`: the bundle says nothing of them: unknown is not good;
 * - `typeNotAdmitted`, `otherNetwork`: the policy, or the network, is another;
 * - `nonceUnknown`: the gate did not give out the nonce, or it was used or ran out.
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
 * What became of a bundle:
 * - `newer`: it was taken;
 * - `same`, `heldBefore`: there was nothing new in it;
 * - `olderBlock`: it is of a block before the one that is held, and was never held: somebody may want to take the gate back;
 * - `otherHash`: its block is sealed as well as another one of the same height that was held: those who sealed both lie;
 * - `missingType`: it has not all types of the policy;
 * - a code of a `ProofError`: it is not believed.
 */
export type TakeReason = "newer" | "same" | "heldBefore" | "olderBlock" | "otherHash" | "missingType" | ProofErrorCode;

/** Reasons that are an alarm: what is held and what came are kept as evidence. */
export const ALARMS: ReadonlySet<TakeReason> = new Set(["olderBlock", "otherHash"]);
