import type { KeyReader } from "../did/attribute.ts";
import type { DidEvent } from "../did/decode-log.ts";
import { CLOCK_SKEW } from "../primitives/clock-skew.ts";
import { type Address, type Hash, ZERO_ADDRESS } from "../primitives/hex.ts";
import { type AnswerMetadata, type AsOf, answerMetadata } from "../resolution/resolve.ts";
import type { StatusListState } from "../status/apply-status-event.ts";
import { type GrantFacts, type GrantFault, type GrantLookup, type Standing, standingOf } from "./accreditation.ts";
import { type KeyFault, keyFault } from "./key-fault.ts";
import { type ShownGrant, shownGrant } from "./label.ts";

/** The facts of a credential that decide about trust in it. */
export interface TrustQuestion {
  readonly issuer: Address;
  /** Fragment of the id of the key that signed. */
  readonly key: string;
  readonly typeId: Hash;
  /** The moment judged, in Unix seconds: the time of issue in the credential. */
  readonly at: number;
  /** The place of its status; `null` when it has none. */
  readonly status: { readonly list: Hash; readonly index: number } | null;
}

/** The evidence for a verdict, all as of one block; `undefined` is what could not be read, never what does not exist. */
export interface TrustEvidence {
  /** The block whose knowledge is used. */
  readonly asOf: AsOf;
  /** The issuer's events up to that block, oldest first; empty when it was never written. */
  readonly did: readonly DidEvent[] | undefined;
  /** The issuer's grants of the type; none when it was never accredited. */
  readonly grants: readonly GrantFacts[] | undefined;
  /** The grants above them, and when their subjects were deactivated. */
  readonly trust: GrantLookup | undefined;
  /** Set when the issuer may have more grants than these: without one that holds, the accreditation is unknown. */
  readonly mayLackGrants?: true;
  /** The list that the credential points to; `null` when there is none. */
  readonly list: ListEvidence | null | undefined;
}

/** A list, and the credential's two bits in it. */
export interface ListEvidence {
  readonly state: Pick<StatusListState, "list" | "typeId" | "size" | "closed" | "origin">;
  /** Unix time at which it was closed; `null` while it is open. */
  readonly closedAt: number | null;
  readonly revoked: boolean;
  readonly suspended: boolean;
}

/** Why a credential is not to be trusted; see {@link KeyFault} and {@link GrantFault} for the rest. */
export type InvalidReason =
  | KeyFault
  /** The issuer's DID was never written, or was deactivated by the moment judged. */
  | "unknownIssuer"
  | "issuerDeactivated"
  /** No grant of the type held for the issuer at the moment judged. */
  | "notAccredited"
  /** The list does not exist, is of another issuer or type, has no such index, or was closed before. */
  | "unknownList"
  | "foreignList"
  | "unknownIndex"
  | "listClosed"
  | "revoked"
  | "suspended"
  /** Its time of issue is in the future. */
  | "notYetIssued";

/** What could not be read, or is too old. */
export type UnknownReason = "issuerUnavailable" | "accreditationUnavailable" | "statusUnavailable" | "stale";

/** Only `valid` is to be trusted. */
export type TrustVerdict =
  | { readonly verdict: "valid" }
  | {
      readonly verdict: "invalid";
      readonly reason: InvalidReason;
      /** With `notAccredited`: why the grant that came closest does not hold. */
      readonly grant?: GrantFault;
    }
  | { readonly verdict: "unknown"; readonly reason: UnknownReason };

/** The facts of an answer besides its verdict, with the moment that was judged and the block whose knowledge was used. */
export interface TrustFacts extends AnswerMetadata {
  /** Seconds between that block and the verifier's clock. */
  readonly staleness: number;
  /** The credential's status on its own; `none` when it has none, so that it can't be revoked. */
  readonly status: "none" | "valid" | "invalid" | "unknown";
  /** The grant that holds, and those above it up to the root; empty when none does. */
  readonly chain: readonly ShownGrant[];
}

/** A verdict, and the facts that it is based on. */
export type TrustAnswer = TrustVerdict & TrustFacts;

/** The clock, and the highest age of the evidence. */
export interface TrustOptions {
  /** The verifier's clock, in Unix seconds. */
  readonly now: number;
  /** Highest age of the evidence, in seconds; older evidence makes the verdict `unknown`. */
  readonly maxStaleness: number;
  /** Reads keys; a `keyCache` saves time where the same issuers are judged often. */
  readonly keyOf?: KeyReader;
}

/**
 * Judges whether a credential may be trusted. Key and accreditation are judged at the moment of issue, with the knowledge of a
 * block; the status is that of the block. A proven fault makes it `invalid`, even when other evidence is missing; otherwise
 * missing evidence makes it `unknown`. A pure function: the evidence comes from an index, a chain or an offline bundle.
 */
export function trustAnswer(question: TrustQuestion, evidence: TrustEvidence, options: TrustOptions): TrustAnswer {
  const { at } = question;
  const { asOf } = evidence;
  const staleness = Math.max(0, options.now - asOf.time);
  const accreditation = judgeAccreditation(question, evidence);
  const status = judgeStatus(question, evidence);
  const found = [
    judgeTime(at, options.now),
    judgeKey(question, evidence, options.keyOf),
    accreditation.verdict,
    status,
    staleness > options.maxStaleness ? unknown("stale") : VALID,
  ];
  const verdict =
    found.find((one) => one.verdict === "invalid") ?? found.find((one) => one.verdict === "unknown") ?? VALID;
  return {
    ...verdict,
    ...answerMetadata(asOf, at),
    staleness,
    status: question.status === null ? "none" : status.verdict,
    chain: accreditation.chain.map(shownGrant),
  };
}

const VALID: TrustVerdict = { verdict: "valid" };

function judgeTime(at: number, now: number): TrustVerdict {
  return at > now + CLOCK_SKEW ? invalid("notYetIssued") : VALID;
}

function judgeKey({ key, at }: TrustQuestion, { did }: TrustEvidence, keyOf?: KeyReader): TrustVerdict {
  if (did === undefined) return unknown("issuerUnavailable");
  if (did.length === 0) return invalid("unknownIssuer");
  const ended = did.find((event) => event.type === "owner" && event.owner === ZERO_ADDRESS);
  // A credential that was issued before the deactivation is judged as if there were none.
  if (ended !== undefined && at >= ended.time) return invalid("issuerDeactivated");
  const notGood = keyFault(did, key, at, keyOf);
  return notGood === undefined ? VALID : invalid(notGood);
}

function judgeAccreditation(
  { issuer, typeId, at }: TrustQuestion,
  { grants, trust, mayLackGrants }: TrustEvidence,
): { readonly verdict: TrustVerdict; readonly chain: readonly GrantFacts[] } {
  if (grants === undefined || trust === undefined) return { verdict: unknown("accreditationUnavailable"), chain: [] };
  const own = grants.filter((grant) => grant.subject === issuer && grant.typeId === typeId);
  const standings = own.map(({ grantId }) => standingOf(trust, grantId, at));
  const holding = standings.find(({ holds }) => holds);
  if (holding !== undefined) return { verdict: VALID, chain: holding.chain };
  // A grant of the issuer or of the chain may be missing in the evidence, so the accreditation is unknown.
  if (mayLackGrants || standings.some(isIncomplete)) return { verdict: unknown("accreditationUnavailable"), chain: [] };
  const grant = standings.at(-1)?.reason;
  return { verdict: { ...invalid("notAccredited"), ...(grant && { grant }) }, chain: [] };
}

function isIncomplete({ reason }: Standing): boolean {
  return reason === "unknownGrant";
}

function judgeStatus({ issuer, typeId, at, status }: TrustQuestion, { list }: TrustEvidence): TrustVerdict {
  if (status === null) return VALID;
  if (list === undefined) return unknown("statusUnavailable");
  if (list === null) return invalid("unknownList");
  const { state, closedAt, revoked, suspended } = list;
  const isOwn = state.list === status.list && state.typeId === typeId && state.origin?.issuer === issuer;
  if (!isOwn) return state.origin === null ? unknown("statusUnavailable") : invalid("foreignList");
  if (!Number.isSafeInteger(status.index) || status.index < 0 || status.index >= state.size)
    return invalid("unknownIndex");
  if (revoked) return invalid("revoked");
  if (closedAt !== null && at >= closedAt) return invalid("listClosed");
  return suspended ? invalid("suspended") : VALID;
}

function invalid(reason: InvalidReason): TrustVerdict & { readonly verdict: "invalid" } {
  return { verdict: "invalid", reason };
}

function unknown(reason: UnknownReason): TrustVerdict {
  return { verdict: "unknown", reason };
}
