import { readCredential } from "../resolver/credential/read-credential.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import type { ProofError } from "../resolver/proofs/proof-error.ts";
import type { AsOf } from "../resolver/resolution/resolve.ts";
import { type Verifier, verifier } from "../resolver/verifier/verifier.ts";
import { type ClockState, type JudgedClock, judgeClock } from "./clock.ts";
import { type Decision, decide, type Freshness, freshnessOf, refusalOf } from "./decide.ts";
import { type Evidence, type GateStore, type HeldBlock, MAX_BLOCKS, type StoredState } from "./gate-store.ts";
import { type HeldBundle, readHeld } from "./held.ts";
import { type BundleJudgement, judgeBundle } from "./judge-bundle.ts";
import type { GatePolicy, TypePolicy } from "./policy.ts";
import type { DenyReason, GateReason, ImportReason } from "./reason.ts";

/** The parts of a gate. */
export interface GateOptions {
  readonly network: NetworkDescriptor;
  readonly policy: GatePolicy;
  readonly store: GateStore;
  /** The gate's clock, in Unix seconds. */
  readonly now?: () => number;
  /** Called when the latest time can't be stored; checks continue. */
  readonly onFault: (error: unknown) => void;
}

/** What a visitor presents. */
export interface Presented {
  /** An SD-JWT VC with its key binding, or only a credential where the policy admits one. */
  readonly credential: string;
  /** The nonce that this gate issued; only a presentation with key binding has one. */
  readonly nonce?: string | undefined;
  /** The credential's Token Status List that the visitor presented, as a JWT. */
  readonly statusToken?: string | undefined;
}

/** The outcome of an import of a bundle. */
export interface BundleImport {
  /** Only with `newer` the held bundle changed. */
  readonly reason: ImportReason;
  readonly problem?: ProofError;
}

/** The state of a gate. */
export interface GateStatus {
  /** The block of the bundle; `null` while there is none. */
  readonly asOf: AsOf | null;
  readonly clock: ClockState;
  /** The freshness of the bundle for each type of the policy; `null` for a type that the bundle does not have. */
  readonly types: Readonly<Record<string, Freshness | null>>;
  /** How often each reason occurred since the start, for checks and for bundles. Nothing identifies visitors. */
  readonly checks: Readonly<Partial<Record<GateReason, number>>>;
  readonly bundles: Readonly<Partial<Record<ImportReason, number>>>;
  /** Number of alarms with stored evidence, including those of earlier runs. */
  readonly alarms: number;
}

/** An offline verifier. */
export interface Gate {
  /** Decides about a credential by the held bundle only, without network and disk. */
  check(presented: Presented): Promise<Decision>;
  /** Imports a bundle or a delta from any source, one at a time. A refused one changes nothing. */
  importBundle(bytes: Uint8Array): Promise<BundleImport>;
  status(): GateStatus;
  /** Counts and returns a refusal by the caller, such as for a used nonce. */
  refuse(reason: DenyReason): Decision;
  /** The stored evidence: in each piece two sealed blocks that contradict each other. */
  evidence(): Promise<readonly Evidence[]>;
  close(): Promise<void>;
}

/** Seconds between two writes of the latest time that was seen. */
const SAW_EVERY = 60;

/**
 * Opens a gate: verifies the whole stored bundle before it is used.
 * @throws GateStoreError; ProofError when the stored bundle does not verify with the descriptor, for example because the
 * descriptor was replaced.
 */
export async function openGate({ network, policy, store, now = unixNow, onFault }: GateOptions): Promise<Gate> {
  const kept = await store.load();
  let seen = kept?.seen ?? 0;
  let saved = seen;
  let blocks: readonly HeldBlock[] = kept?.blocks ?? [];
  const clock = (): JudgedClock => judgeClock(now(), seen, policy.clockMaxAhead);
  let held: HeldBundle | undefined =
    kept && (await readHeld(kept.bundle, { network, now: clock().now, trusted: kept.trusted }));
  let alarms = (await store.evidence()).length;
  const checks = new Map<GateReason, number>();
  const bundles = new Map<ImportReason, number>();
  const admitted = new Map(Object.entries(policy.types).map(([type, one]) => [type, { one, judge: verifierFor(one) }]));

  function verifierFor({ denyAfter }: TypePolicy): Verifier {
    const snapshot = async () => (held as HeldBundle).snapshot;
    const options = { now: () => clock().now, maxStaleness: denyAfter, fetch: noFetch };
    return verifier({ networks: [{ descriptor: network, snapshot }], ...options });
  }

  async function judge({ credential, nonce = "", statusToken }: Presented): Promise<Decision> {
    const { state, now: moment } = clock();
    if (held === undefined) return { outcome: "deny", reason: "noBundle", clock: state };
    const { asOf } = held;
    const read = readCredential(credential);
    const { issuer, type } = read;
    if (issuer.network !== network.name) return { outcome: "deny", reason: "otherNetwork", clock: state };
    const found = admitted.get(type);
    if (found === undefined) return { outcome: "deny", reason: "typeNotAdmitted", clock: state };
    const { one, judge } = found;
    const wanted = { type, ...(statusToken !== undefined && { statusToken }) };
    const binding = { nonce, audience: policy.audience, maxAge: policy.presentationMaxAge };
    const answer = one.keyBinding
      ? await judge.verifyPresentation(read, { ...binding, ...wanted })
      : await judge.verify(read, wanted);
    const freshness = freshnessOf(moment - asOf.time, state, one);
    return decide(answer, { freshness, clock: state, policy: one });
  }

  function counted(decision: Decision): Decision {
    checks.set(decision.reason, (checks.get(decision.reason) ?? 0) + 1);
    return decision;
  }

  /**
   * Stores the time only while the clock is good: a clock that once was far ahead must not make the correct time look wrong.
   */
  function look(): void {
    const { state, now: moment } = clock();
    if (held === undefined || state !== "good") return;
    seen = moment;
    if (seen < saved + SAW_EVERY) return;
    saved = seen;
    inTurn(() => store.saveSeen(moment)).catch(onFault);
  }

  async function importBundle(bytes: Uint8Array): Promise<BundleImport> {
    const types = Object.keys(policy.types);
    const judged = await judgeBundle(bytes, { network, types, held, blocks, now: clock().now });
    bundles.set(judged.reason, (bundles.get(judged.reason) ?? 0) + 1);
    if (judged.reason === "newer") await hold(judged);
    else if ("came" in judged) {
      const { reason, came, against } = judged;
      await store.addEvidence({ reason, at: now(), held: against, came });
      alarms = (await store.evidence()).length;
    }
    const problem = "problem" in judged && judged.problem;
    return { reason: judged.reason, ...(problem && { problem }) };
  }

  async function hold({ next, block, bytes }: Extract<BundleJudgement, { reason: "newer" }>): Promise<void> {
    const former = blocks.filter(({ number }) => number < block.number);
    const all = [...former, block].slice(-MAX_BLOCKS);
    const latest = Math.max(seen, next.asOf.time);
    const { trusted } = next;
    const whole: StoredState = { blocks: all, ...(trusted && { trusted }), bundle: bytes, seen: latest };
    await store.save(whole);
    [held, blocks, seen, saved] = [next, all, latest, latest];
  }

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  return {
    async check(presented) {
      try {
        const decision = await judge(presented);
        look();
        return counted(decision);
      } catch (error) {
        const reason = refusalOf(error);
        if (reason === undefined) throw error;
        return counted({ outcome: "deny", reason, clock: clock().state });
      }
    },
    importBundle: (bytes) => inTurn(() => importBundle(bytes)),
    refuse: (reason) => counted({ outcome: "deny", reason, clock: clock().state }),
    status() {
      const { state, now: moment } = clock();
      const types = Object.entries(policy.types).map(([type, one]) => {
        const isThere = held?.types.has(type) === true;
        return [type, isThere && held ? freshnessOf(moment - held.asOf.time, state, one) : null] as const;
      });
      return {
        asOf: held?.asOf ?? null,
        clock: state,
        types: Object.fromEntries(types),
        checks: Object.fromEntries(checks),
        bundles: Object.fromEntries(bundles),
        alarms,
      };
    },
    evidence: () => store.evidence(),
    close: () => inTurn(() => store.close()),
  };
}

/** A gate sends no requests. */
async function noFetch(): Promise<never> {
  throw new TypeError("A gate fetches nothing");
}

function unixNow(): number {
  return Math.floor(Date.now() / 1_000);
}
