import type { Logger } from "pino";
import {
  ChainDataError,
  HistoryIncompleteError,
  MapaeError,
  NetworkMismatchError,
  UnavailableError,
} from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { ReorgTooDeepError } from "../chain/common-ancestor.ts";
import { follow } from "../chain/follow.ts";
import type { FollowEvent } from "../chain/follow-event.ts";
import { RangeSize } from "../chain/range-size.ts";
import type { FailoverReader } from "../chain/servers/failover.ts";
import type { Hints } from "../peers/hints.ts";
import type { Backoff } from "../runtime/backoff.ts";
import type { Clock } from "../runtime/clock.ts";
import type { NodeObserver } from "../runtime/observer.ts";
import { StoreError } from "../store/store-error.ts";
import type { Disk } from "./healing/disk.ts";
import { Mending, type MendingOptions } from "./healing/mending.ts";
import type { Indexer } from "./indexer.ts";
import type { Progress } from "./progress.ts";

/**
 * Consecutive failures, with a growing pause after each, before the node halts for a fault that an operator has to decide
 * about. A single server can lie or be wrong for a moment.
 */
const LOOKS = 6;

/** Seconds by which a block may be ahead of this machine's clock. */
const MAX_AHEAD = 60;

/** Seconds without a newer block after which a server counts as lagging when other nodes have newer blocks. */
const STANDS_AFTER = 5;

export interface SyncOptions {
  readonly indexer: Indexer;
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  readonly progress: Progress;
  readonly observer: Pick<NodeObserver, "reorganised" | "healed">;
  readonly backoff: Backoff;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Reopens the index after a fault of the disk. Without it, such a fault ends following. */
  readonly disk?: Disk | undefined;
  /** This and the next: see {@link MendingOptions}. */
  readonly replace?: MendingOptions["replace"];
  readonly reading?: MendingOptions["reading"];
  readonly hints?: Hints | undefined;
}

/**
 * Keeps the index at the chain's tip until the signal aborts, or until a fault that an operator has to decide about: several
 * times in a row the chain was reorganised below its final block, or all servers were of another chain; or the index is
 * damaged. After any other failure it waits and follows again from the tip of the index, since a failed event is not folded.
 * Never throws.
 */
export async function sync(options: SyncOptions): Promise<void> {
  const { indexer, reader, network, progress, observer, backoff, clock, logger, signal, disk, hints } = options;
  const ranges = new RangeSize();
  const mending = new Mending({ ...options });
  const held = () => indexer.recent;
  const final = () => indexer.tip?.finalized ?? -1;
  const verified = () => indexer.tip?.verified ?? true;
  const following = { ...options, reader: mending.reader, held, final, verified, ranges };
  let looks = 0;

  while (!signal.aborted) {
    let folding: FollowEvent | undefined;
    try {
      await lookAtDisk();
      for await (const event of follow(following)) {
        if (event.kind !== "reorg") expectPast(event.block);
        folding = event;
        const before = indexer.tip?.number ?? 0;
        await indexer.fold(event);
        folding = undefined;
        const advanced = report(event, before);
        if (advanced) {
          backoff.reset();
          looks = 0;
        }
        // Whether ranges were right is known only at the last one, which has roots.
        if (advanced && !(event.kind === "range" && event.roots === null)) reader.trust();
        if (event.kind === "range" || event.kind === "block") mending.folded(event);
        if (event.kind !== "tip") continue;
        await lookAtDisk();
        const differing = hints?.takeDifferingBlocks() ?? [];
        if (differing.length > 0) await mending.recheck(differing);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      const error = await failed(thrown as Error, folding);
      if (error === undefined) return;
      const pause = backoff.next();
      logger.warn({ reason: error.message, pause }, "can't follow the chain now");
      await clock.sleep(pause, signal);
    }
  }

  /** @returns the fault, if it may be temporary; `undefined` when the node halted. */
  async function failed(error: Error, folding: FollowEvent | undefined): Promise<Error | undefined> {
    const broken = error instanceof StoreError ? await disk?.failed(error) : undefined;
    if (broken !== undefined) {
      halt(broken);
      return broken;
    }
    looks = isForOperator(error) ? looks + 1 : 0;
    if (looks >= LOOKS || (looks === 0 && !canGoOn(error) && !areLogsWrong(error, folding))) return halt(error);
    // The next questions go to another server.
    reader.distrust(error);
    try {
      if (areLogsWrong(error, folding)) await mending.refused(folding);
      else if (canGoOn(error)) mending.failed(error);
    } catch (failure) {
      if (!canGoOn(failure)) return failed(failure as Error, undefined);
    }
    progress.troubled(error.message);
    return error;
  }

  async function lookAtDisk(): Promise<void> {
    if (!(await disk?.look())) return;
    progress.resumed();
    observer.healed("reopened");
    logger.warn({ block: indexer.tip?.number ?? null }, "the index was opened again");
  }

  /**
   * Reports an event to progress, log and observer. Returns whether the chain answered with something new, or that the index
   * is at its tip. `before` is the number of the tip before the event.
   */
  function report(event: FollowEvent, before: number): boolean {
    switch (event.kind) {
      case "tip": {
        progress.sawTip(event.block);
        const { tip } = indexer;
        const first = network.deployments[0]?.fromBlock ?? 0;
        const reached = hints?.reached() ?? -1;
        if (event.block.number < reached && progress.chainTipAge >= STANDS_AFTER) {
          return lags(
            `the chain's server stands at block ${event.block.number}, but the chain goes on: most other nodes have block ${reached}`,
            event.block.number,
          );
        }
        if (tip?.hash === event.block.hash) progress.advanced({ backfilling: false, compared: false });
        else if (tip === undefined && event.block.number < first) {
          progress.troubled(`the chain is at block ${event.block.number}, the registries begin at block ${first}`);
        }
        return tip?.hash === event.block.hash;
      }
      case "behind": {
        const behind = `behind block ${indexer.tip?.number} that it or another showed`;
        return lags(`the chain's server is at block ${event.block.number}, ${behind}`);
      }
      case "range":
        logger.info({ block: event.block.number, head: progress.chainTip, logs: event.logs.length }, "read blocks");
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

  /**
   * The server that was asked lags behind the chain: another one is asked next.
   * @param stalledAt its newest block, when other nodes have newer ones.
   */
  function lags(reason: string, stalledAt?: number): false {
    if (!reader.distrust(new UnavailableError(reason), stalledAt)) progress.troubled(reason);
    return false;
  }

  /**
   * The time of a block decides which keys expired, so a block that is ahead of this machine's clock is not folded,
   * whichever clock is wrong.
   */
  function expectPast({ number, time }: { readonly number: number; readonly time: number }): void {
    const ahead = time - clock.now();
    if (ahead <= MAX_AHEAD) return;
    throw new UnavailableError(
      `Block ${number} is ${ahead} s ahead of this machine's clock, wanted at most ${MAX_AHEAD} s: ` +
        "set the clock; if it is right, the chain's server makes up blocks",
    );
  }

  /** Whether an operator has to decide, because reading in another way can't change the result. */
  function isForOperator(error: Error): boolean {
    return (error instanceof ReorgTooDeepError && indexer.wasCompared) || error instanceof NetworkMismatchError;
  }

  /** Whether logs of this event or of earlier ones are wrong, so that reading them in another way may help. */
  function areLogsWrong(error: unknown, folding: FollowEvent | undefined): boolean {
    if (isWrong(error)) return folding?.kind === "range" || folding?.kind === "block";
    // No parent hashes link ranges to each other, so they prove nothing until roots were equal.
    return error instanceof ReorgTooDeepError && !indexer.wasCompared;
  }

  function halt(error: Error): undefined {
    const known = error instanceof MapaeError;
    if (!known) logger.fatal({ err: error }, "unexpected error while following the chain");
    const code = known ? error.code : "INTERNAL_ERROR";
    const answers = error instanceof StoreError && error.code === "STORE_FULL";
    progress.halted({ code, message: error.message, answers });
  }
}

function isWrong(error: unknown): boolean {
  return error instanceof ChainDataError || error instanceof HistoryIncompleteError;
}

/** Whether asking again or asking another server may help. */
function canGoOn(error: unknown): boolean {
  return error instanceof UnavailableError || isWrong(error);
}
