import type { AsOf } from "../../resolver/resolution/resolve.ts";
import { type NodeState, unfitReason } from "../runtime/status.ts";
import type { Indexer } from "./indexer.ts";

/**
 * Age of the served block, in seconds, above which answers are marked as stale, and above which they are refused; `null` is
 * never.
 */
export interface StalenessPolicy {
  readonly staleAfter: number | null;
  readonly refuseAfter: number | null;
}

export interface ProgressOptions {
  readonly indexer: Indexer;
  readonly policy: StalenessPolicy;
  /** Unix time in seconds. */
  readonly now: () => number;
  /** Called for each change to another kind of state, or between answering and refusing. */
  readonly onChange: (from: NodeState, to: NodeState) => void;
}

/** Why a node stopped following: the error's code and message. */
export interface Halt {
  readonly code: string;
  readonly message: string;
  /** Whether the index is still right, so that it is served as long as the policy allows. */
  readonly answers: boolean;
}

/** Derives the state of the node from what its parts report. */
export class Progress {
  readonly #indexer: Indexer;
  readonly #policy: StalenessPolicy;
  readonly #now: () => number;
  readonly #onChange: (from: NodeState, to: NodeState) => void;
  #chainTip: number | null = null;
  /** Unix time in seconds when the number in `#chainTip` was first seen. */
  #chainTipAt = 0;
  #comparedAt: number | null = null;
  /** When a newer block than the one before was last seen, and by how many seconds its time was ahead of this machine's clock. */
  #made: { readonly at: number; readonly offset: number } | undefined;
  #trouble: string | null = "the chain was not asked yet";
  #caughtUp = false;
  /** Whether blocks are being read by ranges and the tip is not reached yet. */
  #isFarBehind = false;
  #halted: Halt | undefined;
  #seen: NodeState;
  /** Cache of the last result of {@link state} and the inputs that it depends on. */
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

  /** Number of the chain's newest block that its server showed; `null` before the first answer. */
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
   * Seconds by which the newest block was ahead of this machine's clock when it was first seen, negative when it was behind.
   * Only blocks that the chain added since the start count; `null` before the first.
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

  /** To be called when an event was folded, or when the chain had nothing new. */
  advanced({ backfilling, compared }: { backfilling: boolean; compared: boolean }): void {
    this.#trouble = null;
    if (compared) this.#comparedAt = this.#now();
    const tip = this.#indexer.tip?.number ?? -1;
    if (backfilling) this.#caughtUp = false;
    if (tip >= (this.#chainTip ?? Number.POSITIVE_INFINITY)) this.#caughtUp = true;
    this.#isFarBehind = !this.#caughtUp && (backfilling || this.#isFarBehind);
    this.look();
  }

  /** To be called when the chain can't be followed now; `reason` says why. */
  troubled(reason: string): void {
    this.#trouble = reason;
    this.#caughtUp = false;
    this.look();
  }

  /** To be called when following stopped; it may end with {@link resumed}. */
  halted(halt: Halt): void {
    this.#halted = halt;
    this.look();
  }

  /** To be called when the reason of a halt is over. */
  resumed(): void {
    this.#halted = undefined;
    this.look();
  }

  /**
   * Compares the state with the last seen one and reports a change. To be called regularly, because the state also changes
   * when a block becomes too old.
   */
  look(): void {
    this.#known = undefined;
    const from = this.#seen;
    const to = this.state();
    this.#seen = to;
    if (from.kind !== to.kind || isFit(from) !== isFit(to)) this.#onChange(from, to);
  }

  /** The state of the node. It is cached within a second, because every answer needs it. */
  state(): NodeState {
    const { tip } = this.#indexer;
    // Not read as a pair: V8 came to allocate such arrays, three per answer, where only a full garbage collection frees
    // them.
    const asOf = this.#indexer.served.asOf();
    const now = this.#now();
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
      : "the chain makes no blocks, or none of its servers that answer has them";
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
