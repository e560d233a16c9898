import type { Indexer } from "./indexer.ts";
import type { NodeState } from "./status.ts";

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
}

/** What the node is doing, told by those who do it. */
export class Progress {
  readonly #indexer: Indexer;
  readonly #policy: StalenessPolicy;
  readonly #now: () => number;
  #head: number | null = null;
  #trouble: string | null = "the chain was not asked yet";
  #caughtUp = false;
  #halted: (NodeState & { kind: "halted" }) | undefined;

  constructor({ indexer, policy, now }: ProgressOptions) {
    this.#indexer = indexer;
    this.#policy = policy;
    this.#now = now;
  }

  /** Number of the chain's newest block, as far as it told. */
  get head(): number | null {
    return this.#head;
  }

  sawHead(number: number): void {
    this.#head = number;
  }

  /** Something was taken in, or there was nothing to take in: the chain is asked and answers. */
  advanced({ backfilling }: { backfilling: boolean }): void {
    this.#trouble = null;
    const tip = this.#indexer.tip?.number ?? -1;
    if (backfilling) this.#caughtUp = false;
    if (tip >= (this.#head ?? Number.POSITIVE_INFINITY)) this.#caughtUp = true;
  }

  /** The chain can't be followed now; `reason` says why. */
  troubled(reason: string): void {
    this.#trouble = reason;
    this.#caughtUp = false;
  }

  halted({ code, message }: { code: string; message: string }): void {
    this.#halted = { kind: "halted", code, reason: message };
  }

  state(): NodeState {
    if (this.#halted) return this.#halted;
    const asOf = this.#indexer.asOf();
    if (asOf === undefined) {
      if (this.#trouble !== null) return { kind: "connecting", reason: this.#trouble };
      return { kind: "backfilling", block: this.#indexer.tip?.number ?? 0, head: this.#head ?? 0 };
    }
    const { staleAfter, refuseAfter } = this.#policy;
    const age = this.#now() - asOf.time;
    const refuse = refuseAfter !== null && age > refuseAfter;
    if (this.#trouble !== null) return { kind: "stale", block: asOf.number, reason: this.#trouble, refuse };
    if (!this.#caughtUp) return { kind: "backfilling", block: this.#indexer.tip?.number ?? 0, head: this.#head ?? 0 };
    if (staleAfter === null || age <= staleAfter) return { kind: "following", block: asOf.number };
    const reason = `the newest block is ${age} s old, wanted at most ${staleAfter} s: the chain makes no blocks`;
    return { kind: "stale", block: asOf.number, reason, refuse };
  }
}
