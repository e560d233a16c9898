import type { Logger } from "pino";
import {
  ChainDataError,
  HistoryIncompleteError,
  MapaeError,
  NetworkMismatchError,
  UnavailableError,
} from "../resolver/errors.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import type { Backoff } from "./backoff.ts";
import { ReorgTooDeepError } from "./chain/common-ancestor.ts";
import type { FailoverReader } from "./chain/failover.ts";
import { follow } from "./chain/follow.ts";
import type { FollowEvent } from "./chain/follow-event.ts";
import { RangeSize } from "./chain/range-size.ts";
import type { Clock } from "./clock.ts";
import type { Indexer } from "./indexer.ts";
import type { NodeObserver } from "./observer.ts";
import type { Progress } from "./progress.ts";
import { StoreError } from "./store/store-error.ts";

/** Ranges refused one after the other before all is read from the first block again. */
const MAX_REFUSALS = 3;

export interface SyncOptions {
  readonly indexer: Indexer;
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  readonly progress: Progress;
  readonly observer: Pick<NodeObserver, "reorganised">;
  readonly backoff: Backoff;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Keeps the index at the chain's head until the signal aborts, or until something happened that an operator must judge.
 * After a failure nothing of it was taken in: wait a while, and follow again from where the index stands. Never throws.
 */
export async function sync(options: SyncOptions): Promise<void> {
  const { indexer, reader, network, progress, observer, backoff, clock, logger, signal } = options;
  const ranges = new RangeSize();
  const held = () => indexer.recent;
  const verified = () => indexer.tip?.verified ?? true;
  let refusals = 0;
  let readTwice = false;

  while (!signal.aborted) {
    let folding: FollowEvent["kind"] | undefined;
    try {
      for await (const event of follow({ ...options, held, verified, ranges })) {
        folding = event.kind;
        const before = indexer.tip?.number ?? 0;
        await indexer.fold(event);
        folding = undefined;
        const advanced = tell(event, before);
        if (advanced) backoff.reset();
        if (event.kind === "range" || event.kind === "block") {
          refusals = 0;
          if (event.roots !== null) readTwice = false;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (unbelievable(error, folding) && ++refusals >= MAX_REFUSALS) {
        if (readTwice) return halt(error);
        readTwice = true;
        refusals = 0;
        logger.warn({ reason: (error as Error).message }, "what was indexed is wrong, reading all blocks again");
        try {
          await indexer.drop();
        } catch (failure) {
          return halt(failure);
        }
      } else if (!canGoOn(error) && !unbelievable(error, folding)) return halt(error);
      // A server that says what can't be true is not asked next.
      if (!(error instanceof UnavailableError)) reader.turn();
      progress.troubled((error as Error).message);
      const pause = backoff.next();
      logger.warn({ reason: (error as Error).message, pause }, "can't follow the chain now");
      await clock.sleep(pause, signal);
    }
  }

  /** Whether the chain answered with something new, or that there is nothing new. `before` was the tip's number. */
  function tell(event: FollowEvent, before: number): boolean {
    switch (event.kind) {
      case "head": {
        progress.sawHead(event.head.number);
        const { tip } = indexer;
        const first = network.deployments[0]?.fromBlock ?? 0;
        if (tip?.hash === event.head.hash) progress.advanced({ backfilling: false, compared: false });
        else if (tip === undefined && event.head.number < first) {
          progress.troubled(`the chain is at block ${event.head.number}, the registries begin at block ${first}`);
        }
        return tip?.hash === event.head.hash;
      }
      case "behind":
        reader.turn();
        progress.troubled(
          `the chain's server is at block ${event.head.number}, behind block ${indexer.tip?.number} that it or another showed`,
        );
        return false;
      case "range":
        logger.info({ block: event.block.number, head: progress.head, logs: event.logs.length }, "read blocks");
        break;
      case "block":
        logger.debug({ block: event.block.number, logs: event.logs.length }, "followed a block");
        break;
      case "reorg":
        logger.warn(
          { ancestor: event.ancestor.number, depth: before - event.ancestor.number },
          "the chain was reorganised",
        );
        observer.reorganised(before - event.ancestor.number);
        break;
    }
    progress.advanced({ backfilling: event.kind === "range", compared: event.roots !== null });
    return true;
  }

  /** Whether what was indexed before may be at fault, and reading it again may mend it. */
  function unbelievable(error: unknown, folding: FollowEvent["kind"] | undefined): boolean {
    if (error instanceof HistoryIncompleteError || error instanceof ChainDataError) return folding === "range";
    // Ranges are not bound to each other by parent hashes: what they said is worth nothing until roots were equal.
    return error instanceof ReorgTooDeepError && indexer.tip?.verified === false;
  }

  function halt(error: unknown): void {
    const known = error instanceof MapaeError;
    const { message } = error as Error;
    if (!known) logger.fatal({ err: error }, "following failed in a way nobody planned");
    const code = known ? error.code : "INTERNAL_ERROR";
    progress.halted({ code, message, answers: error instanceof StoreError && error.code === "STORE_FULL" });
  }
}

function canGoOn(error: unknown): boolean {
  if (error instanceof NetworkMismatchError) return false;
  return (
    error instanceof UnavailableError || error instanceof ChainDataError || error instanceof HistoryIncompleteError
  );
}
