import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../resolver/errors.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { TimedLog } from "../chain/follow-event.ts";
import { headerAt } from "../chain/header-at.ts";
import { RangeSize } from "../chain/range-size.ts";
import { readLogs, withTimes } from "../chain/read-logs.ts";

export interface EventHistoryOptions {
  readonly reader: ChainReader;
  readonly contract: Address;
  /** Topic 1 of the wanted events, such as a role; by default all events. */
  readonly subject?: Hash;
  /** The first block that may have an event of the contract. */
  readonly from: number;
}

/**
 * Events of a contract of governance, read from the chain, because the index has only events of the registries. Events of
 * final blocks are read only once.
 */
export class EventHistory {
  readonly #options: EventHistoryOptions;
  readonly #ranges = new RangeSize();
  readonly #settled: TimedLog[] = [];
  #next: number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: EventHistoryOptions) {
    this.#options = options;
    this.#next = options.from;
  }

  /**
   * All events up to a block, in the chain's order.
   *
   * @throws UnavailableError when the chain can't be asked, is on another branch, or returns no events at all, because each
   * contract emitted one when it was deployed; ChainDataError.
   */
  upTo(newest: AsOf): Promise<readonly TimedLog[]> {
    // Calls run one after another, so that the second finds most events read.
    const read = this.#last.then(() => this.#read(newest));
    this.#last = read.catch(() => undefined);
    return read;
  }

  async #read({ number, hash, finalizedBlock }: AsOf): Promise<readonly TimedLog[]> {
    const { reader, contract, subject } = this.#options;
    const which = { reader, ranges: this.#ranges, addresses: [contract], ...(subject && { subject }) };
    const recent: TimedLog[] = [];
    for (let from = this.#next; from <= number; ) {
      const stays = Math.min(finalizedBlock, number);
      const { toBlock, logs } = await readLogs({ ...which, from, to: from <= stays ? stays : number });
      const timed = await withTimes(reader, logs);
      // Requested after the logs: a lagging server doesn't have this block, and may have left out logs.
      await headerAt(reader, toBlock);
      from = toBlock + 1;
      if (toBlock > stays) recent.push(...timed);
      else {
        this.#settled.push(...timed);
        this.#next = from;
      }
    }
    const newest = await headerAt(reader, number);
    if (newest.hash !== hash)
      throw new UnavailableError(`The chain's block ${number} is ${newest.hash}, ours is ${hash}`);
    const events = [...this.#settled, ...recent].filter(({ log }) => log.blockNumber <= number);
    if (events.length > 0) return events;
    throw new UnavailableError(
      `The chain's server has no event of ${contract} about ${subject ?? "anything"}, which had one when it was made`,
    );
  }
}
