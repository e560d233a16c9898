import { CredentialError } from "../credential/credential-error.ts";
import { type Credential, readCredential } from "../credential/read-credential.ts";
import { type CredentialAnswer, credentialTrust, listOf, verifyCredential } from "../credential/verify-credential.ts";
import { didDocument } from "../did/did-document.ts";
import { keyCache } from "../did/key-cache.ts";
import { MapaeError, NetworkMismatchError, ResolutionError, ResolverOptionsError } from "../errors.ts";
import { findStatus } from "../evidence/find-status.ts";
import { gatherGrants } from "../evidence/gather.ts";
import type { Fetch } from "../http/request.ts";
import { CLOCK_SKEW } from "../primitives/clock-skew.ts";
import { keccak256Text } from "../primitives/keccak.ts";
import type { KnownBlocks } from "../proofs/asking/known-blocks.ts";
import { ProofError } from "../proofs/proof-error.ts";
import { latestMoment } from "../resolution/resolve.ts";
import type { GrantFault } from "../trust/accreditation.ts";
import type { TrustEvidence, TrustFacts } from "../trust/trust-answer.ts";
import { evidenceSource, type VerifiedNetwork } from "./evidence-source.ts";
import { type KeyBindingOptions, keyBindingFault } from "./key-binding.ts";
import { type Reason, type StepName, stepsOf, type VerifierStep } from "./steps.ts";

/** The networks that a verifier trusts, and how it reads them. */
export interface VerifierOptions {
  readonly networks: readonly VerifiedNetwork[];
  /** The verifier's clock, in Unix seconds. */
  readonly now?: () => number;
  /** Highest age of the newest block and of a status list, in seconds; 900 unless given. */
  readonly maxStaleness?: number;
  /**
   * Fetches status lists. For a network on a chain the URIs are chosen by issuers: on a server, give a `fetch` that refuses
   * addresses of your own network.
   */
  readonly fetch?: Fetch;
  /**
   * With `require`, only answers that a node proves are accepted ({@link askProven}), lists included, with one request for each
   * verdict. Without a proof the verdict is `unknown`, with the reason `notProven` and the ProofError as its problem.
   */
  readonly proofs?: "require";
  /**
   * With `proofs`: the newest proven block of each network. Store it, so that no later answer is of an older block. In memory
   * unless given.
   */
  readonly known?: KnownBlocks;
}

/** What a credential has to satisfy, and at which moment. */
export interface VerifyOptions {
  /** The moment, in Unix seconds, at which its own dates are judged; now unless given, and not in the future. */
  readonly at?: number;
  /** URI of the type that it has to have; any type for which its issuer is accredited unless given. */
  readonly type?: string;
  /**
   * The Token Status List that the holder presented ("stapled"), as a JWT. It counts only when it is signed by the issuer and
   * newer.
   */
  readonly statusToken?: string;
}

/** What a verifier asked a holder for: see {@link KeyBindingOptions}. `now` is the verifier's clock unless given. */
export interface PresentationOptions
  extends Omit<KeyBindingOptions, "now">,
    Pick<VerifyOptions, "type" | "statusToken"> {
  readonly now?: number;
}

/** An answer, and all that it is based on. Only `valid` is to be trusted. */
export interface VerifierAnswer extends Partial<TrustFacts> {
  readonly verdict: "valid" | "invalid" | "unknown";
  /** Absent when it is valid. */
  readonly reason?: Reason;
  /** With `notAccredited`: why the grant that came closest does not hold. */
  readonly grant?: GrantFault;
  /** Every question with its outcome. */
  readonly steps: readonly VerifierStep[];
  readonly credential: Credential;
  /** The moment as of which the status was read, in Unix seconds; absent when no list was read. */
  readonly statusAsOf?: number;
  /** The origins of the nodes that agreed on it; absent when it was not read from nodes. */
  readonly nodes?: readonly string[];
  /** The error for which something could not be read. */
  readonly problem?: MapaeError;
}

/** Judges credentials and presentations: see {@link verifier}. */
export interface Verifier {
  /**
   * Judges whether a credential may be trusted, independent of who presents it.
   *
   * @param credential its text, or the result of {@link readCredential}.
   * @throws CredentialError for a text that is no credential, or one that is not supported; ResolutionError
   * `FEATURE_NOT_SUPPORTED` for an issuer of a network that was not given; ResolverOptionsError for an `at` in the future.
   */
  verify(credential: string | Credential, options?: VerifyOptions): Promise<VerifierAnswer>;
  /**
   * Judges whether a credential may be trusted, and whether it is presented by its holder, to this verifier, for this request.
   * The key binding is checked first, so that an old or foreign presentation causes no requests.
   *
   * @param presentation an SD-JWT with its Key Binding JWT (RFC 9901), or the result of {@link readCredential}.
   * @throws as {@link verify} does.
   */
  verifyPresentation(presentation: string | Credential, options: PresentationOptions): Promise<VerifierAnswer>;
}

/** Steps that need only the issuer's DID, and steps that need the rest of the evidence. */
const EARLY: readonly StepName[] = ["issuer", "signature", "dates", "key"];

/**
 * Creates a verifier, which judges credentials by each network's chain or by nodes. The registries are read as of one block.
 * Nobody learns which credential is verified, because whole histories and whole lists are read.
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
    const asking = { network: issuer.network, fetch, sources: source.lists };
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

  /** When evidence could not be read, the verdict is `unknown`. A mistake of the caller is an error. */
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

/** The age of the evidence is measured by the clock, also when the credential is judged at another moment. */
function atClock(answer: CredentialAnswer, age: number, maxStaleness: number): CredentialAnswer {
  const staleness = Math.max(0, age);
  if (answer.verdict !== "valid" || staleness <= maxStaleness) return { ...answer, staleness };
  return { ...answer, verdict: "unknown", reason: "stale", staleness };
}

function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}
