import { ChainDataError, HistoryIncompleteError, MapaeError, UnavailableError } from "../resolver/errors.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import type { FailoverReader } from "./chain/failover.ts";
import { follow } from "./chain/follow.ts";
import type { FollowEvent } from "./chain/follow-event.ts";
import { RangeSize } from "./chain/range-size.ts";
import type { Clock } from "./clock.ts";
import type { StalenessPolicy } from "./config.ts";
import type { Indexer } from "./indexer.ts";
import type { NodeState } from "./status.ts";

/** Milliseconds to wait after the first failure in a row, and at most; each failure doubles it, jitter halves it at most. */
const FIRST_BACKOFF = 250;
const LONGEST_BACKOFF = 15_000;

export interface FollowerOptions {
  readonly indexer: Indexer;
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  readonly staleness: StalenessPolicy;
  readonly pollMs: number;
  readonly clock: Clock;
  /** From 0 up to 1: spreads the retries of many nodes. */
  readonly random: () => number;
  /** Told when the state changes to another kind. */
  readonly onState: (state: NodeState) => void;
}

/** Keeps an index up with its chain, through every fault that another try can mend, and knows how it stands. */
export class Follower {
  readonly #options: FollowerOptions;
  /** The chain's newest block, as far as it told; its number. */
  #head: number | undefined;
  /** Why the chain can't be followed at the moment. */
  #trouble: string | undefined = "the chain was not asked yet";
  #halted: { readonly code: string; readonly reason: string } | undefined;
  #told: NodeState["kind"] | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get head(): number | undefined {
    return this.#head;
  }

  /** How the node stands at this moment: an idle chain grows stale without a word. */
  get state(): NodeState {
    const { indexer, clock, staleness } = this.#options;
    const asOf = indexer.asOf();
    if (this.#halted) return { kind: "halted", ...this.#halted };
    if (asOf === undefined) {
      if (this.#trouble !== undefined || this.#head === undefined) {
        return { kind: "connecting", reason: this.#trouble ?? "the chain told no block yet" };
      }
      return { kind: "backfilling", block: indexer.tip?.number ?? 0, head: this.#head };
    }
    const age = clock.now() - asOf.time;
    const refuse = age > staleness.refuseAfter;
    if (this.#trouble !== undefined) return { kind: "stale", block: asOf.number, reason: this.#trouble, refuse };
    if (age > staleness.staleAfter) {
      return { kind: "stale", block: asOf.number, reason: `the newest block is ${age} s old`, refuse };
    }
    return { kind: "following", block: asOf.number };
  }

  /** Follows until the signal aborts or an operator must decide; never throws but for a fault of our own. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, reader } = this.#options;
    const ranges = new RangeSize();
    let failures = 0;
    let rebuilt = false;
    while (!signal.aborted && this.#halted === undefined) {
      try {
        for await (const event of this.#follow(ranges, signal)) {
          await this.#take(event);
          failures = 0;
        }
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        if (!isPassing(error)) {
          this.#halt(error);
        } else if (error instanceof HistoryIncompleteError && this.#options.indexer.asOf() === undefined) {
          // Nothing of what was read by ranges is served before its roots are compared: it is read anew, once.
          if (rebuilt) this.#halt(error);
          else await this.#options.indexer.drop();
          rebuilt = true;
        }
        if (!(error instanceof UnavailableError)) reader.turn();
        this.#trouble = error instanceof Error ? error.message : String(error);
      }
      this.#tell();
      if (this.#trouble === undefined || this.#halted) continue;
      const wait = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** Math.min(failures - 1, 10));
      await clock.sleep(wait * (0.5 + random() / 2), signal);
    }
  }

  #follow(ranges: RangeSize, signal: AbortSignal): AsyncGenerator<FollowEvent, void, void> {
    const { indexer, reader, network, pollMs, clock } = this.#options;
    return follow({ reader, network, held: () => indexer.recent, ranges, pollMs, clock, signal });
  }

  async #take(event: FollowEvent): Promise<void> {
    if (event.kind === "behind") {
      this.#trouble = `the chain's server shows block ${event.head.number}, which is behind ours: it lags`;
    } else {
      if (event.kind === "head") this.#head = event.head.number;
      else await this.#options.indexer.fold(event);
      // What was yielded after a head was taken in, or there was nothing to take in.
      const tip = this.#options.indexer.tip?.number ?? -1;
      if (event.kind !== "head" || (this.#head ?? 0) >= tip) this.#trouble = undefined;
    }
    this.#tell();
  }

  #halt(error: unknown): void {
    const code = error instanceof MapaeError ? error.code : "INTERNAL_ERROR";
    this.#halted = { code, reason: error instanceof Error ? error.message : String(error) };
  }

  #tell(): void {
    const { state } = this;
    if (state.kind === this.#told) return;
    this.#told = state.kind;
    this.#options.onState(state);
  }
}

/** What another try, or another server of the chain, can mend. */
function isPassing(error: unknown): boolean {
  return (
    error instanceof UnavailableError || error instanceof ChainDataError || error instanceof HistoryIncompleteError
  );
}
