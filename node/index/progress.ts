import type { AsOf } from "../../resolver/resolution/resolve.ts";
import { type NodeState, unfitReason } from "../runtime/status.ts";
import type { Indexer } from "./indexer.ts";

/** When answers of a chain that stands still are marked, and when they are refused; seconds, `null` is never. */
export interface StalenessPolicy {
  readonly staleAfter: number | null;
  readonly refuseAfter: number | null;
}

export interface ProgressOptions {
  readonly indexer: Indexer;
  readonly policy: StalenessPolicy;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called once for each change to another kind of state, or between answering and refusing. */
  readonly onChange: (from: NodeState, to: NodeState) => void;
}

/** Why a node gave up following, by its error. */
export interface Halt {
  readonly code: string;
  readonly message: string;
  /** Whether what was indexed before is right, and answered while the policy lets it. */
  readonly answers: boolean;
}

/** What the node is doing, as its parts report it. */
export class Progress {
  readonly #indexer: Indexer;
  readonly #policy: StalenessPolicy;
  readonly #now: () => number;
  readonly #onChange: (from: NodeState, to: NodeState) => void;
  #chainTip: number | null = null;
  /** When it was first seen. */
  #chainTipAt = 0;
  #comparedAt: number | null = null;
  /** When the newest block was seen that came after another one was, and how far its time was ahead of ours. */
  #made: { readonly at: number; readonly offset: number } | undefined;
  #trouble: string | null = "the chain was not asked yet";
  #caughtUp = false;
  /** Whether many blocks were to be read by ranges, and are not all read yet. */
  #isFarBehind = false;
  #halted: Halt | undefined;
  #seen: NodeState;
  /** The last answer of {@link state}, while nothing changed of what it is made of. */
  #known:
    | { readonly state: NodeState; readonly asOf: AsOf | undefined; readonly tip: unknown; readonly now: number }
    | undefined;

  constructor({ indexer, policy, now, onChange }: ProgressOptions) {
    this.#indexer = indexer;
    this.#policy = policy;
    this.#now = now;
    this.#onChange = onChange;
    this.#seen = this.state();
  }

  /** Number of the chain's newest block, as far as its server said. */
  get chainTip(): number | null {
    return this.#chainTip;
  }

  /** Seconds since {@link chainTip} was first seen. */
  get chainTipAge(): number {
    return this.#now() - this.#chainTipAt;
  }

  /** Unix time in seconds at which roots were last equal to the chain's; `null` before the first time since the start. */
  get comparedAt(): number | null {
    return this.#comparedAt;
  }

  /**
   * Seconds by which the newest block that was made while the node looked was ahead of its clock then, negative when it was
   * behind; `null` before there was one.
   */
  get clockOffset(): number | null {
    return this.#made?.offset ?? null;
  }

  sawTip({ number, time }: { readonly number: number; readonly time: number }): void {
    this.#known = undefined;
    const now = this.#now();
    if (this.#chainTip !== null && number > this.#chainTip) this.#made = { at: now, offset: time - now };
    if (this.#chainTip !== number) this.#chainTipAt = now;
    this.#chainTip = number;
  }

  /** Something was taken in, or there was nothing to take in: the chain is asked and answers. */
  advanced({ backfilling, compared }: { backfilling: boolean; compared: boolean }): void {
    this.#trouble = null;
    if (compared) this.#comparedAt = this.#now();
    const tip = this.#indexer.tip?.number ?? -1;
    if (backfilling) this.#caughtUp = false;
    if (tip >= (this.#chainTip ?? Number.POSITIVE_INFINITY)) this.#caughtUp = true;
    this.#isFarBehind = !this.#caughtUp && (backfilling || this.#isFarBehind);
    this.look();
  }

  /** The chain can't be followed now; `reason` says why. */
  troubled(reason: string): void {
    this.#trouble = reason;
    this.#caughtUp = false;
    this.look();
  }

  /** Nothing follows the chain any more, or before {@link resumed}. */
  halted(halt: Halt): void {
    this.#halted = halt;
    this.look();
  }

  /** What it was halted for is over. */
  resumed(): void {
    this.#halted = undefined;
    this.look();
  }

  /** Tells of a change that time alone brought about: a block grows old without anybody doing anything. */
  look(): void {
    this.#known = undefined;
    const from = this.#seen;
    const to = this.state();
    this.#seen = to;
    if (from.kind !== to.kind || isFit(from) !== isFit(to)) this.#onChange(from, to);
  }

  /** The same object while it stays so within a second: every answer asks for it. */
  state(): NodeState {
    const { tip } = this.#indexer;
    const [asOf, now] = [this.#indexer.served.asOf(), this.#now()];
    const known = this.#known;
    if (known !== undefined && known.asOf === asOf && known.tip === tip && known.now === now) return known.state;
    const state = this.#stateAt(asOf, now);
    this.#known = { state, asOf, tip, now };
    return state;
  }

  #stateAt(asOf: AsOf | undefined, now: number): NodeState {
    if (this.#halted && !(this.#halted.answers && asOf)) {
      return { kind: "halted", code: this.#halted.code, reason: this.#halted.message };
    }
    if (asOf === undefined) {
      if (this.#trouble !== null) return { kind: "connecting", reason: this.#trouble };
      return this.#backfilling();
    }
    const { staleAfter, refuseAfter } = this.#policy;
    const age = now - asOf.time;
    const refuse = refuseAfter !== null && age > refuseAfter;
    if (this.#halted) {
      const { code, message } = this.#halted;
      return { kind: "stale", block: asOf.number, code, reason: message, refuse };
    }
    if (this.#trouble !== null) return { kind: "stale", block: asOf.number, reason: this.#trouble, refuse };
    if (!this.#caughtUp) {
      if (this.#isFarBehind) return this.#backfilling();
      const { number: block } = asOf;
      return { kind: "stale", block, reason: `it is at block ${block} of ${this.#chainTip}, and catches up`, refuse };
    }
    if (staleAfter === null || age <= staleAfter) {
      const reason = "every block up to the chain's tip is here, and the roots are equal to the chain's";
      return { kind: "following", block: asOf.number, reason };
    }
    const isMaking = this.#made !== undefined && now - this.#made.at <= staleAfter;
    const cause = isMaking
      ? "the chain goes on making blocks, so that this machine's clock is ahead: set it"
      : "the chain makes no blocks";
    const reason = `the newest block is ${age} s old, wanted at most ${staleAfter} s: ${cause}`;
    return { kind: "stale", block: asOf.number, reason, refuse };
  }

  #backfilling(): NodeState {
    const block = this.#indexer.tip?.number ?? 0;
    const head = this.#chainTip ?? 0;
    return { kind: "backfilling", block, head, reason: `it reads block ${block} of ${head}` };
  }
}

function isFit(state: NodeState): boolean {
  return unfitReason(state) === undefined;
}
