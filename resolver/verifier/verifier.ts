import { CredentialError } from "../credential/credential-error.ts";
import { type Credential, readCredential } from "../credential/read-credential.ts";
import { type CredentialAnswer, credentialTrust, listOf, verifyCredential } from "../credential/verify-credential.ts";
import { didDocument } from "../did/did-document.ts";
import { keyCache } from "../did/key-cache.ts";
import { MapaeError, NetworkMismatchError, ResolutionError, ResolverOptionsError } from "../errors.ts";
import { findStatus } from "../evidence/find-status.ts";
import { gatherGrants } from "../evidence/gather.ts";
import type { Fetch } from "../http/request.ts";
import { CLOCK_SKEW } from "../primitives/date-time.ts";
import { keccak256Text } from "../primitives/keccak.ts";
import type { KnownBlocks } from "../proofs/asking/known-blocks.ts";
import { ProofError } from "../proofs/proof-error.ts";
import { latestMoment } from "../resolution/resolve.ts";
import type { NotHolding } from "../trust/accreditation.ts";
import type { TrustEvidence, TrustFacts } from "../trust/trust-answer.ts";
import { evidenceSource, type VerifiedNetwork } from "./evidence-source.ts";
import { type KeyBindingOptions, keyBindingFault } from "./key-binding.ts";
import { type Reason, type StepName, stepsOf, type VerifierStep } from "./steps.ts";

/** Which networks a verifier trusts, and how it reads them. */
export interface VerifierOptions {
  readonly networks: readonly VerifiedNetwork[];
  /** The verifier's clock, in Unix seconds. */
  readonly now?: () => number;
  /** Most seconds that the newest block and a status list may be old; 900 unless given. */
  readonly maxStaleness?: number;
  /**
   * Fetches status lists; of a network on a chain from URIs that issuers chose: on a server, give one that refuses addresses of
   * your own network.
   */
  readonly fetch?: Fetch;
  /**
   * `require` believes nodes only what they prove ({@link askProven}), lists included: one request a verdict. A verdict that no
   * node proves is `unknown`, with the reason `notProven` and the ProofError as its problem.
   */
  readonly proofs?: "require";
  /** With `proofs`: what the verifier remembers of each network; keep it, so that it is never taken back. In memory unless given. */
  readonly known?: KnownBlocks;
}

/** What a credential has to be, and when. */
export interface VerifyOptions {
  /** The moment, in Unix seconds, at which its own dates are judged; now unless given, never later. */
  readonly at?: number;
  /** URI of the type that it has to be of; any that its issuer is accredited for unless given. */
  readonly type?: string;
  /** The Token Status List that the holder brought ("stapled"), as a JWT. It is read only where it is signed by the issuer and newer. */
  readonly statusToken?: string;
}

/** What a verifier asked a holder for: see {@link KeyBindingOptions}. The clock is the verifier's own unless given. */
export interface PresentationOptions
  extends Omit<KeyBindingOptions, "now">,
    Pick<VerifyOptions, "type" | "statusToken"> {
  readonly now?: number;
}

/** An answer, and all that it rests on. Only `valid` is to be trusted. */
export interface VerifierAnswer extends Partial<TrustFacts> {
  readonly verdict: "valid" | "invalid" | "unknown";
  /** Absent when it is valid. */
  readonly reason?: Reason;
  /** With `notAccredited`: why the grant that came closest does not hold. */
  readonly grant?: NotHolding;
  /** Every question, and how it was answered. */
  readonly steps: readonly VerifierStep[];
  readonly credential: Credential;
  /** As of when the status holds, in Unix seconds; absent when no list was read. */
  readonly statusAsOf?: number;
  /** The origins of the nodes that agree on it; absent when it was not read from nodes. */
  readonly nodes?: readonly string[];
  /** What went wrong where something could not be found out. */
  readonly problem?: MapaeError;
}

/** Judges credentials and presentations: see {@link verifier}. */
export interface Verifier {
  /**
   * May this credential be trusted? Who shows it is not asked.
   *
   * @param credential its text, or what {@link readCredential} made of it.
   * @throws CredentialError for what is no credential, or none that can be judged here; ResolutionError
   * `FEATURE_NOT_SUPPORTED` for an issuer of a network that was not given; ResolverOptionsError for an `at` yet to come.
   */
  verify(credential: string | Credential, options?: VerifyOptions): Promise<VerifierAnswer>;
  /**
   * May this credential be trusted, and is it shown by its holder, to this verifier, for this request? The key binding is
   * checked first, so that an old or foreign presentation makes nobody ask anything.
   *
   * @param presentation an SD-JWT with its Key Binding JWT (RFC 9901), or what {@link readCredential} made of it.
   * @throws as {@link verify}.
   */
  verifyPresentation(presentation: string | Credential, options: PresentationOptions): Promise<VerifierAnswer>;
}

/** Steps that are judged once the issuer's DID is known, and those that need the rest. */
const EARLY: readonly StepName[] = ["issuer", "signature", "dates", "key"];

/**
 * One way from a credential to a verdict, from each network's chain or from nodes. All that the registries say is read as of one
 * block. Nobody learns which credential is verified: whole histories, whole lists.
 *
 * @example
 * ```ts
 * import { verifier } from "mapae";
 * const nodes = ["https://node.ministry.example", "https://node.agency.example"];
 * const { verify } = verifier({ networks: [{ descriptor, nodes, agreement: 2 }] });
 * // A credential gives { verdict, reason, steps, … }; what is none is an error with a code.
 * const answer = await verify("eyJhbGciOiJFUzI1NiJ9.e30.c2ln").catch((error) => error);
 * console.log(answer.code); // CREDENTIAL_MALFORMED
 * ```
 */
export function verifier(options: VerifierOptions): Verifier {
  const { networks, now = unixNow, maxStaleness = 900, fetch = (url, init) => globalThis.fetch(url, init) } = options;
  const proofs = options.proofs && { known: options.known ?? new Map(), maxAge: maxStaleness };
  const keyOf = keyCache();
  const sources = new Map(networks.map((network) => [network.descriptor.name, evidenceSource(network, now, proofs)]));

  const verifyRead = async (
    credential: Credential,
    { at, type, statusToken }: VerifyOptions,
  ): Promise<VerifierAnswer> => {
    const { issuer, status } = credential;
    const source = sources.get(issuer.network);
    if (source === undefined) {
      const known = [...sources.keys()].join(", ");
      throw new ResolutionError("FEATURE_NOT_SUPPORTED", `Network ${issuer.network} is not known here, only: ${known}`);
    }
    const clock = now();
    if (at !== undefined && at > clock + CLOCK_SKEW) {
      throw new ResolverOptionsError(`at is ${at}, which is yet to come: it is ${clock} now`);
    }
    const asked = new Set<StepName>(type === undefined ? [] : ["type"]);
    if (type !== undefined && credential.type !== type) {
      return { ...ended({ verdict: "invalid", reason: "otherType" }, asked), credential };
    }
    const snapshot = await source.snapshot(credential);
    const { asOf, nodes } = snapshot;
    const clocks = { now: at ?? clock, maxStaleness, keyOf };
    const answered = (answer: CredentialAnswer, more: Partial<VerifierAnswer> = {}) => {
      const fresh = atClock(answer, clock - asOf.time, maxStaleness);
      return { ...fresh, ...ended(fresh, asked), credential, ...(nodes && { nodes }), ...more } as VerifierAnswer;
    };

    const { events: did, state } = await snapshot.did(issuer.address);
    for (const step of EARLY) asked.add(step);
    const nothing = { grants: undefined, trust: undefined, list: undefined };
    const early = answered(await verifyCredential(credential, { asOf, did, ...nothing }, clocks));
    if (early.verdict === "invalid") return early;
    const judged = (evidence: Omit<TrustEvidence, "asOf" | "did">, more?: Partial<VerifierAnswer>) =>
      answered(credentialTrust(credential, { asOf, did, ...evidence }, clocks), more);

    const list = listOf(credential);
    const question = { issuer: issuer.address, typeId: keccak256Text(credential.type), at: credential.issuedAt };
    const [accreditation, facts] = await Promise.all([
      gatherGrants(snapshot, question),
      list === undefined ? null : snapshot.list(list),
    ]);
    asked.add("accreditation");
    const withGrants = judged({ ...accreditation, list: undefined });
    if (withGrants.verdict === "invalid") return withGrants;

    asked.add("freshness");
    if (status === null) return judged({ ...accreditation, list: undefined });
    asked.add("status");
    const live = state === undefined || state.deactivated !== null ? undefined : state;
    const moment = { did: issuer.did, chainId: source.descriptor.chainId, at: latestMoment({ asOf, now: clock }) };
    const isNeeded = !snapshot.provesStatuses || statusToken !== undefined;
    const document = live && isNeeded ? didDocument({ ...moment, state: live, keyOf }).document : undefined;
    const asking = { network: issuer.network, fetch, places: source.lists };
    const fetching = { ...asking, now: clock, maxStaleness, stapled: statusToken };
    const found = await findStatus(status, facts, { snapshot, document }, fetching);
    return judged(
      { ...accreditation, list: found.list },
      {
        ...(found.issuedAt !== undefined && { statusAsOf: found.issuedAt }),
        ...(found.problem && { problem: found.problem }),
      },
    );
  };

  /** What could not be asked is an answer: nobody can say. What was asked wrongly is an error. */
  const verifyOrSay = async (credential: Credential, wanted: VerifyOptions): Promise<VerifierAnswer> => {
    try {
      return await verifyRead(credential, wanted);
    } catch (problem) {
      const isAsked = problem instanceof MapaeError && !MISTAKES.some((mistake) => problem instanceof mistake);
      if (!isAsked) throw problem;
      const reason = problem instanceof ProofError ? "notProven" : "issuerUnavailable";
      return { ...ended({ verdict: "unknown", reason }, new Set()), credential, problem };
    }
  };

  return {
    async verify(given, wanted = {}) {
      return verifyOrSay(credentialOf(given), wanted);
    },
    async verifyPresentation(given, { now: moment = now(), type, statusToken, ...binding }) {
      const credential = credentialOf(given);
      const fault = await keyBindingFault(credential, { ...binding, now: moment });
      if (fault !== undefined) {
        return { ...ended({ verdict: "invalid", reason: fault }, new Set()), credential };
      }
      const wanted = { ...(type !== undefined && { type }), ...(statusToken !== undefined && { statusToken }) };
      const answer = await verifyOrSay(credential, wanted);
      const steps = answer.steps.map(
        (one): VerifierStep => (one.step === "keyBinding" ? { ...one, outcome: "valid" } : one),
      );
      return { ...answer, steps };
    },
  };
}

/** Errors that say what the caller has to change. */
const MISTAKES = [CredentialError, NetworkMismatchError, ResolutionError, ResolverOptionsError];

function credentialOf(given: string | Credential): Credential {
  return typeof given === "string" ? readCredential(given) : given;
}

type Ended = Parameters<typeof stepsOf>[0];

function ended(answer: Ended, asked: ReadonlySet<StepName>) {
  const { verdict } = answer;
  return { verdict, ...(verdict !== "valid" && { reason: answer.reason }), steps: stepsOf(answer, asked) };
}

/** How old the knowledge is, is judged by the clock, whatever moment the credential is judged at. */
function atClock(answer: CredentialAnswer, age: number, maxStaleness: number): CredentialAnswer {
  const staleness = Math.max(0, age);
  if (answer.verdict !== "valid" || staleness <= maxStaleness) return { ...answer, staleness };
  return { ...answer, verdict: "unknown", reason: "stale", staleness };
}

function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}
