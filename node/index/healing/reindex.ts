import type { Logger } from "pino";
import { MapaeError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { FailoverReader } from "../../chain/servers/failover.ts";
import { Backoff } from "../../runtime/backoff.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { IndexStore } from "../../store/store.ts";
import type { Tip } from "../../store/tip.ts";
import { Indexer } from "../indexer.ts";
import { Progress } from "../progress.ts";
import { type SyncOptions, sync } from "../sync.ts";

/** Milliseconds between two checks of the progress. */
const LOOK_EVERY_MS = 100;

/** Following the chain was stopped; `code` says why. */
export class HaltedError extends MapaeError {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ReindexOptions {
  /** Empty, or left by an interrupted reading. It is closed at the end. */
  readonly store: IndexStore;
  readonly network: NetworkDescriptor;
  readonly reader: FailoverReader;
  readonly clock: Clock;
  /** Numbers from 0 on, below 1. */
  readonly random: () => number;
  readonly logger: Logger;
  /** See {@link sync}. */
  readonly reading?: SyncOptions["reading"];
  /** Called with the number of the newest block read, and of the chain's newest. Throwing an error stops the reading. */
  readonly onProgress: (block: number, chainTip: number) => void | Promise<void>;
  /** Stops the reading. */
  readonly signal: AbortSignal;
}

/**
 * Reads an index from the chain until the chain's tip is reached and the roots are equal.
 * @returns the newest block.
 * @throws HaltedError; the signal's reason.
 */
export async function reindex(options: ReindexOptions): Promise<Tip> {
  const { store, network, clock, random, signal } = options;
  const indexer = new Indexer({ store, network });
  const policy = { staleAfter: null, refuseAfter: null };
  const progress = new Progress({ indexer, policy, now: clock.now, onChange: () => {} });
  const done = new AbortController();
  const synced = sync({
    ...options,
    indexer,
    progress,
    observer: { reorganised: () => {}, healed: () => {} },
    backoff: new Backoff(random),
    pollMs: LOOK_EVERY_MS,
    signal: AbortSignal.any([done.signal, signal]),
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      const state = progress.state();
      await options.onProgress(indexer.tip?.number ?? 0, progress.chainTip ?? 0);
      if ("code" in state && state.code !== undefined) throw new HaltedError(state.code, state.reason);
      if (state.kind === "following" && indexer.tip !== undefined) return indexer.tip;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  } finally {
    done.abort();
    await synced;
    await store.close();
  }
}
