import type { Log } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError, HistoryIncompleteError, MapaeError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES, type Subject } from "../../resolver/registry-event.ts";
import type { FollowEvent, TimedLog } from "../chain/follow-event.ts";
import type { Database } from "../store/database.ts";
import { SUBJECT_KINDS } from "../store/keys.ts";
import type { RecentBlock } from "../store/records/recent-block.ts";
import type { IndexStore } from "../store/store.ts";
import type { Tip } from "../store/tip.ts";
import { changedBy } from "./changed-subjects.ts";
import { finalizedAt, keptWindow } from "./finality.ts";
import { type Folded, foldLogs } from "./fold.ts";
import type { ChangedSubject } from "./live-index.ts";
import type { BlockRef, RecentBlocks } from "./recent-blocks.ts";
import { REGISTRY_TITLES, type Roots, seedRoots } from "./roots.ts";
import { ServedIndex } from "./served-index.ts";

/**
 * Folds the events of the follower into the store, and serves blocks whose roots were compared with the chain's. While many
 * blocks are read by ranges, it still serves the block before them.
 */
export class Indexer {
  /** The part of the index that is served. */
  readonly served: ServedIndex;
  readonly #store: IndexStore;
  readonly #network: NetworkDescriptor;
  readonly #settlers: ((block: BlockRef) => void)[] = [];
  /** Whether roots that were equal to the chain's once are unverified now. */
  #isUnverifiedAgain = false;

  constructor({ store, network }: { store: IndexStore; network: NetworkDescriptor }) {
    this.#store = store;
    this.#network = network;
    this.served = new ServedIndex(network, store);
  }

  /** The newest folded block, even when it is not served yet. */
  get tip(): Tip | undefined {
    return this.#store.tip;
  }

  /** The newest blocks, and the totals of the content as of each. */
  get recent(): RecentBlocks<RecentBlock> {
    return this.#store.recent;
  }

  /** Whether the roots were ever equal to the chain's at a block of this index, even if the newest is unverified now. */
  get wasCompared(): boolean {
    const { tip, recent } = this.#store;
    return tip?.verified === true || this.#isUnverifiedAgain || recent.floor !== recent.tip;
  }

  /**
   * The heads of all subjects after some more logs, which are not stored.
   * @throws HistoryIncompleteError, ChainDataError when the logs can't be folded.
   */
  async *headsAfter(logs: readonly TimedLog[]): AsyncGenerator<{ subject: Subject; head: Hash }, void, void> {
    const { states } = this.#foldLogs(logs);
    const changed = new Set(states.map(({ kind, id }) => kind + id));
    for (const { kind, id, state } of states) yield { subject: { kind, id }, head: state.head };
    await using view = this.#store.view();
    for (const kind of SUBJECT_KINDS) {
      for (const id of await view.ids(kind)) {
        const state = changed.has(kind + id) ? undefined : view.state(kind, id);
        if (state !== undefined) yield { subject: { kind, id }, head: state.head };
      }
    }
  }

  /** The stored logs of a block, in order, even when it is not served yet. */
  async logsHeldIn(block: number): Promise<Log[]> {
    await using view = this.#store.view();
    const logs: Log[] = [];
    for await (const page of view.history({ from: block, to: block })) logs.push(...page.map(({ event }) => event.log));
    return logs;
  }

  /** The newest served block that is never undone; `undefined` while there is none. */
  settledBlock(): BlockRef | undefined {
    const number = this.served.settled();
    return number === undefined ? undefined : this.recent.at(number);
  }

  /** Calls back after the commit of each followed block with the newest block that is never undone. */
  onSettled(listener: (block: BlockRef) => void): void {
    this.#settlers.push(listener);
  }

  /**
   * Folds one event of the follower, atomically.
   *
   * @throws HistoryIncompleteError, ChainDataError when the logs do not fold to the chain's roots, so that they have to be
   * read again; StoreError.
   */
  async fold(event: FollowEvent): Promise<void> {
    switch (event.kind) {
      case "range":
      case "block":
        return this.#advance(event);
      case "reorg": {
        const { ancestor, roots } = event;
        const wanted = roots ?? seedRoots(this.#network);
        const changed = await this.#store.undo(ancestor, (ours) => this.#expectRoots(ours, wanted, ancestor.number));
        if (roots !== null) return this.#serve(changed);
        // The reorganisation goes below the deployment: the index belongs to contracts that no longer exist.
        this.served.note(changed);
        return this.drop();
      }
    }
  }

  /** Stops serving until the roots are equal to the chain's again. This holds across restarts. */
  async markUnverified(): Promise<void> {
    if (this.#store.tip?.verified === false) return;
    await this.served.withdraw();
    this.served.replaced();
    this.#isUnverifiedAgain = true;
    await this.#store.mark(false);
  }

  /** Removes all content, which is then read again. */
  async drop(): Promise<void> {
    await this.served.withdraw();
    this.#isUnverifiedAgain = false;
    this.served.replaced();
    await this.#store.drop();
  }

  /**
   * Continues with another database. Reads of the former one that are under way fail.
   * @param open opens the other database; called once the current one is closed.
   * @throws StoreError, NetworkMismatchError; then nothing is served until another call succeeds.
   */
  async reopen(open: () => Promise<Database>): Promise<void> {
    await this.served.withdraw();
    this.served.replaced();
    await this.#store.reopen(open);
    await this.#serve([]);
  }

  async #advance({ kind, block, logs, roots }: FollowEvent & { kind: "range" | "block" }): Promise<void> {
    const { finality } = this.#network;
    const store = this.#store;
    if (kind === "block" && roots === null && store.tip?.verified) {
      throw new ChainDataError(`The chain no longer has a registry at block ${block.number}: ask another server`);
    }
    const folded = this.#foldLogs(logs);
    this.#expectRoots(folded.roots, roots, block.number);
    if (block.hash === store.tip?.hash) {
      // The block is stored already; now its roots were compared. No head covers the time of a block without events.
      if (block.time !== store.tip.time) {
        throw new HistoryIncompleteError(
          `The index has time ${store.tip.time} of block ${block.number}, the chain ${block.time}: the backup that it was made from is wrong`,
        );
      }
      await store.mark(roots !== null);
      return this.#serve([]);
    }
    // The blocks of a range are final: nothing is kept to undo them.
    const floor = kind === "range" ? block.number : block.number - keptWindow(finality);
    const finalized = Math.max(store.tip?.finalized ?? -1, finalizedAt(finality, block.number));
    await store.commit({ block, finalized, verified: roots !== null, floor, ...folded });
    await this.#serve(changedBy(folded));
    const settled = this.settledBlock();
    if (kind === "block" && settled !== undefined) for (const listener of this.#settlers) listener(settled);
  }

  #foldLogs(logs: readonly TimedLog[]): Folded {
    const store = this.#store;
    try {
      return foldLogs({ logs, network: this.#network, known: store, roots: store.roots });
    } catch (cause) {
      if (cause instanceof MapaeError) throw cause;
      throw new ChainDataError(`The chain's logs can't be read (${(cause as Error).message})`, { cause });
    }
  }

  #expectRoots(ours: Roots, wanted: Roots | null, block: number): void {
    const wrong = REGISTRY_NAMES.find((name) => wanted !== null && ours[name] !== wanted[name]);
    if (wrong === undefined) return;
    throw new HistoryIncompleteError(
      `The logs up to block ${block} fold to root ${ours[wrong]}, but the ${REGISTRY_TITLES[wrong]} holds ${wanted?.[wrong]} there: ` +
        "the chain's server lost or changed a log, or the descriptor's fromBlock is not that of the registry",
    );
  }

  /** Serves the newest commit, if it was compared with the chain. */
  async #serve(changed: readonly ChangedSubject[]): Promise<void> {
    const { tip } = this.#store;
    this.served.note(changed);
    if (!tip?.verified) return;
    this.#isUnverifiedAgain = false;
    await this.served.serve(tip, this.#store);
  }
}
