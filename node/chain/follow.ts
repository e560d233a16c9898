import type { Header } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError, UnavailableError } from "../../resolver/errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import { undoWindow } from "../index/finality.ts";
import { type BlockRef, blockRef, type RecentBlocks } from "../index/recent-blocks.ts";
import { registryAddresses, rootSlots, rootsOf } from "../index/roots.ts";
import type { Clock } from "../runtime/clock.ts";
import { backfill } from "./backfill.ts";
import { commonAncestor } from "./common-ancestor.ts";
import type { FollowEvent } from "./follow-event.ts";
import { headerAt } from "./header-at.ts";
import type { RangeSize } from "./range-size.ts";
import type { FailoverReader } from "./servers/failover.ts";

/** Number of blocks behind the chain's tip above which logs are read by ranges. */
export const BACKFILL_BEYOND = 256;

/** Maximum number of headers in one request while blocks are followed. */
export const HEADERS_AHEAD = 64;

export interface FollowOptions {
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  /** The recent blocks of the index. An event counts as folded once they include it. */
  readonly held: () => RecentBlocks;
  /** Number of the index's newest final block. */
  readonly final: () => number;
  /** Whether the index's roots were compared with the chain's. */
  readonly verified: () => boolean;
  readonly ranges: RangeSize;
  /** Milliseconds between two polls of the chain's tip. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Follows a chain from the tip of an index until the signal aborts. Its only state is its place in the chain: after an
 * error, or when the index rejected an event, begin again.
 *
 * Single blocks are read by hash, so that forks can't mix: the parent of a block is the index's tip, and one request with
 * its hash returns its logs and the roots to which they must fold.
 *
 * @throws NetworkMismatchError when the chain is another one; ReorgTooDeepError when it left the index's branch below its
 * recent blocks or its final block; UnavailableError and ChainDataError of the reader.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<FollowEvent, void, void> {
  const { reader, network, held, pollMs, clock, signal } = options;
  const { fromBlock } = currentDeployment(network);
  while (!signal.aborted) {
    const newest = await reader.header("latest");
    if (newest === null) throw new UnavailableError("The chain has no newest block now");
    yield { kind: "tip", block: newest };

    const tip = held().tip;
    const next = tip === undefined ? fromBlock : tip.number + 1;
    if (newest.number - next >= BACKFILL_BEYOND) {
      // No parent hashes link ranges to the index's tip, so its block is checked first.
      const same = tip === undefined ? undefined : await headerAt(reader, tip.number);
      if (same?.hash !== tip?.hash) yield* lookBack(options, same as Header);
      else yield* backfill({ ...options, from: next, to: newest.number - undoWindow(network.finality) });
    } else if (tip === undefined && fromBlock > 0) {
      yield* base(options, newest);
    } else if (tip === undefined || newest.number > tip.number) {
      yield* tail(options, next, newest);
      continue;
    } else if (newest.hash !== tip.hash) {
      yield* lookBack(options, newest);
    } else if (!options.verified()) {
      yield* compare(options, tip);
    }
    if (held().tip === tip) await clock.sleep(pollMs, signal);
  }
}

/** The block before the first that can have an event: the tip of an empty index. */
async function* base({ reader, network }: FollowOptions, newest: Header): AsyncGenerator<FollowEvent, void, void> {
  const number = currentDeployment(network).fromBlock - 1;
  if (newest.number < number) return;
  yield { kind: "range", block: blockRef(await headerAt(reader, number)), logs: [], roots: null };
}

/** The blocks after the index's tip, one by one. */
async function* tail(options: FollowOptions, next: number, newest: Header): AsyncGenerator<FollowEvent, void, void> {
  const { reader, network, held } = options;
  const addresses = registryAddresses(network);
  const slots = rootSlots(network);
  const count = Math.min(HEADERS_AHEAD, newest.number - next + 1);
  const numbers = Array.from({ length: count }, (_, index) => next + index);
  for (const header of numbers[0] === newest.number ? [newest] : await reader.headers(numbers)) {
    const tip = held().tip;
    if (tip !== undefined && header.parentHash !== tip.hash) return yield* lookBack(options, header);
    if (options.signal.aborted) return;
    const { logs, values } = await reader.logsAndStorage(addresses, slots, header.hash);
    const stray = logs.find((log) => log.blockNumber !== header.number);
    if (stray) throw new ChainDataError(`A log of block ${header.hash} says number ${stray.blockNumber}`);
    const timed = logs.map((log) => ({ log, time: header.time }));
    yield { kind: "block", block: blockRef(header), logs: timed, roots: rootsOf(values) };
  }
}

/** The roots at the index's tip, when they were not compared yet, for example after a restore. */
async function* compare({ reader, network }: FollowOptions, tip: BlockRef): AsyncGenerator<FollowEvent, void, void> {
  const header = await reader.header(tip.hash);
  const roots = rootsOf(await reader.storage(rootSlots(network), tip.hash));
  if (header !== null && roots !== null) yield { kind: "range", block: blockRef(header), logs: [], roots };
}

/** Handles a block that doesn't follow the index's tip: the server lags, the chain was reorganised, or it is another chain. */
async function* lookBack(options: FollowOptions, header: Header): AsyncGenerator<FollowEvent, void, void> {
  const { reader, network, held, final } = options;
  await reader.verify();
  const same = held().at(header.number);
  const belowAll = header.number < (held().floor?.number ?? 0);
  // A lower tip alone does not prove a reorganisation; another hash of a recent block does.
  if (belowAll || same?.hash === header.hash) return yield { kind: "behind", block: header };
  const ancestor = await commonAncestor(reader, { held: held(), final: final() }, header);
  const roots = rootsOf(await reader.storage(rootSlots(network), ancestor.hash));
  yield { kind: "reorg", ancestor, roots };
}
