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

/** Further behind the chain's tip than this, logs are read by ranges of blocks. */
export const BACKFILL_BEYOND = 256;

/** Headers read ahead of the block that is followed. */
export const HEADERS_AHEAD = 64;

export interface FollowOptions {
  readonly reader: FailoverReader;
  readonly network: NetworkDescriptor;
  /** What the index holds now; what was yielded counts as held once this says so. */
  readonly held: () => RecentBlocks;
  /** Number of the newest block that it holds and that stays. */
  readonly final: () => number;
  /** Whether what the index holds was compared with the chain's roots. */
  readonly verified: () => boolean;
  readonly ranges: RangeSize;
  /** Milliseconds between two looks at the chain's tip. */
  readonly pollMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Follows a chain from the tip of an index on, for as long as the signal lets it. It keeps nothing but its place in the
 * chain: after an error, or when the index refused an event, begin again.
 *
 * Block by block it goes by hash, so that no two forks mix: a block's parent is our tip, and its logs and the roots that
 * they must fold to are asked by its hash in one request.
 *
 * @throws NetworkMismatchError when the chain is another one; ReorgTooDeepError when it left our branch below what we
 * hold; UnavailableError and ChainDataError as the reader does.
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
      // Ranges are not bound to our tip by parent hashes.
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

/** The block before the first that can hold an event: where an empty index stands. */
async function* base({ reader, network }: FollowOptions, newest: Header): AsyncGenerator<FollowEvent, void, void> {
  const number = currentDeployment(network).fromBlock - 1;
  if (newest.number < number) return;
  yield { kind: "range", block: blockRef(await headerAt(reader, number)), logs: [], roots: null };
}

/** The blocks after our tip, one by one. */
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

/** The roots at our tip, which nobody compared yet: a restored index is one such. */
async function* compare({ reader, network }: FollowOptions, tip: BlockRef): AsyncGenerator<FollowEvent, void, void> {
  const roots = rootsOf(await reader.storage(rootSlots(network), tip.hash));
  if (roots !== null) yield { kind: "range", block: tip, logs: [], roots };
}

/** A block that doesn't follow our tip: the server lags, the chain was reorganised, or it is another chain. */
async function* lookBack(options: FollowOptions, header: Header): AsyncGenerator<FollowEvent, void, void> {
  const { reader, network, held, final } = options;
  await reader.verify();
  const same = held().at(header.number);
  const belowAll = header.number < (held().floor?.number ?? 0);
  // A lower tip proves nothing by itself; another hash at a height that we hold does.
  if (belowAll || same?.hash === header.hash) return yield { kind: "behind", block: header };
  const ancestor = await commonAncestor(reader, { held: held(), final: final() }, header);
  const roots = rootsOf(await reader.storage(rootSlots(network), ancestor.hash));
  yield { kind: "reorg", ancestor, roots };
}
