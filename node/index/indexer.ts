import type { Log } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError, HistoryIncompleteError, MapaeError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import {
  type EventOf,
  REGISTRY_NAMES,
  type StateOf,
  type Subject,
  type SubjectKind,
} from "../../resolver/registry-event.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import type { FollowEvent, TimedLog } from "../chain/follow-event.ts";
import type { Database } from "../store/database.ts";
import type { Tip } from "../store/open.ts";
import type { IndexStore } from "../store/store.ts";
import type { StoreView } from "../store/view.ts";
import { finalizedAt, keptWindow, undoWindow } from "./finality.ts";
import { type Folded, foldLogs } from "./fold.ts";
import type { ChangedSubject, EventBlock, IndexSnapshot, LiveIndex } from "./live-index.ts";
import type { RecentBlocks } from "./recent-blocks.ts";
import { REGISTRY_TITLES, type Roots, registriesOf, seedRoots } from "./roots.ts";

/** What is served: the index as of a block at which its roots were equal to the chain's. */
interface Served {
  readonly view: StoreView;
  readonly asOf: AsOf;
  readonly roots: Roots;
}

/**
 * Folds what following a chain yields into the store, and serves what was compared with the chain's roots. While many
 * blocks are read by ranges, it goes on serving the block before them.
 */
export class Indexer implements LiveIndex {
  readonly #store: IndexStore;
  readonly #network: NetworkDescriptor;
  readonly #listeners: ((changed: readonly ChangedSubject[]) => void)[] = [];
  readonly #settlers: ((block: number) => void)[] = [];
  #served: Served | undefined;
  /** Whether the roots are no longer the chain's where they were. */
  #isDoubted = false;
  /** Whether anything was served yet, that somebody may keep. */
  #wasServed = false;
  /** Changed since what is served, or was served last. */
  #unserved = new Map<string, ChangedSubject>();

  constructor({ store, network }: { store: IndexStore; network: NetworkDescriptor }) {
    this.#store = store;
    this.#network = network;
    if (store.tip?.verified) this.#served = this.#newest(store.tip);
    this.#wasServed = this.#served !== undefined;
  }

  /** The newest block folded, served or not. */
  get tip(): Tip | undefined {
    return this.#store.tip;
  }

  get recent(): RecentBlocks {
    return this.#store.recent;
  }

  /** Whether the roots were equal to the chain's at a block that is held, be they doubted at the newest now. */
  get wasCompared(): boolean {
    const { tip, recent } = this.#store;
    return tip?.verified === true || this.#isDoubted || recent.floor !== recent.tip;
  }

  /**
   * The heads of all subjects after some more logs, which are not kept.
   * @throws HistoryIncompleteError, ChainDataError when these can't be folded.
   */
  async *headsAfter(logs: readonly TimedLog[]): AsyncGenerator<{ subject: Subject; head: Hash }, void, void> {
    const { states } = this.#foldLogs(logs);
    const changed = new Set(states.map(({ kind, id }) => kind + id));
    for (const { kind, id, state } of states) yield { subject: { kind, id }, head: state.head };
    for (const subject of await this.#store.subjects()) {
      const { kind, id } = subject;
      const state = changed.has(kind + id) ? undefined : this.#store.state(kind, id);
      if (state !== undefined) yield { subject, head: state.head };
    }
  }

  asOf(): AsOf | undefined {
    return this.#served?.asOf;
  }

  /** The roots as of {@link asOf}. */
  roots(): Roots | undefined {
    return this.#served?.roots;
  }

  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return this.#served?.view.state(kind, id);
  }

  async *events<K extends SubjectKind>(kind: K, id: Hex): AsyncGenerator<EventOf<K>, void, void> {
    const held = this.hold();
    if (held === undefined) return;
    try {
      for await (const page of held.history({ subject: { kind, id }, to: held.asOf.number })) {
        for (const { event } of page) yield event as EventOf<K>;
      }
    } finally {
      await held.release();
    }
  }

  async ids(kind: SubjectKind): Promise<Hex[]> {
    return this.#served?.view.ids(kind) ?? [];
  }

  async lastChange(upTo: number): Promise<EventBlock | undefined> {
    return this.#served?.view.lastChange(upTo);
  }

  chunk(list: Hash, index: number): StatusChunk | undefined {
    return this.#served?.view.chunk(list, index);
  }

  async chunks(list: Hash): Promise<ReadonlyMap<number, StatusChunk>> {
    return this.#served?.view.chunks(list) ?? new Map();
  }

  hold(): IndexSnapshot | undefined {
    const served = this.#served;
    if (served === undefined) return undefined;
    const { view, asOf, roots } = served;
    view.hold();
    return {
      asOf,
      roots,
      state: (kind, id) => view.state(kind, id),
      history: (range) => view.history(range),
      lastChange: (upTo) => view.lastChange(upTo),
      eventAt: (place) => view.eventAt(place),
      release: () => view.letGo(),
    };
  }

  /** Number of the newest block that is served and stays: it is never undone. `undefined` while there is none. */
  settled(): number | undefined {
    if (this.#served === undefined) return undefined;
    const { finalizedBlock, number } = this.#served.asOf;
    const block = Math.max(finalizedBlock, number - undoWindow(this.#network.finality));
    return block < 0 ? undefined : block;
  }

  /** The registries' roots as of a block up to {@link tip}, served or not. */
  rootsHeldAt(block: number): Promise<Roots> {
    return this.#store.rootsAt(block);
  }

  /** The registries' logs that are held of a block, in order, served or not. */
  logsHeldIn(block: number): Promise<Log[]> {
    return this.#store.logsIn(block);
  }

  /** The registries' roots as of a block up to {@link asOf}. */
  async rootsAt(block: number): Promise<Roots> {
    return (await this.#served?.view.rootsAt(block)) ?? seedRoots(this.#network);
  }

  /** Calls back for each block that is followed, right after its commit, with the number of the newest that stays. */
  onSettled(listener: (block: number) => void): void {
    this.#settlers.push(listener);
  }

  onChange(listener: (changed: readonly ChangedSubject[]) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Takes in one step of the chain, whole or not at all.
   *
   * @throws HistoryIncompleteError, ChainDataError when the logs do not fold to the chain's roots: ask again; StoreError.
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
        // Reorganisation below the deployment: the old index belongs to contracts that no longer exist.
        this.#note(changed);
        return this.drop();
      }
    }
  }

  /** Serves nothing of what is held before its roots are equal to the chain's again, after a restart either. */
  async doubt(): Promise<void> {
    if (this.#store.tip?.verified === false) return;
    await this.#withdraw();
    this.#isDoubted = true;
    this.#note(await this.#store.subjects());
    await this.#store.mark(false);
  }

  /** Forgets everything, to read it again. */
  async drop(): Promise<void> {
    await this.#withdraw();
    this.#isDoubted = false;
    this.#note(await this.#store.subjects());
    await this.#store.drop();
  }

  /**
   * Goes on with what another database holds. Who still reads what was served fails.
   * @param open gives that one, once the one of now is closed.
   * @throws StoreError, NetworkMismatchError; nothing is served then until it is called again.
   */
  async reopen(open: () => Promise<Database>): Promise<void> {
    await this.#withdraw();
    await this.#store.reopen(open);
    await this.#serve(await this.#store.subjects());
  }

  async #advance({ kind, block, logs, roots }: FollowEvent & { kind: "range" | "block" }): Promise<void> {
    const { finality } = this.#network;
    const store = this.#store;
    if (kind === "block" && roots === null && store.tip?.verified) {
      throw new ChainDataError(`The chain has a registry no more at block ${block.number}: ask another`);
    }
    const folded = this.#foldLogs(logs);
    this.#expectRoots(folded.roots, roots, block.number);
    if (block.hash === store.tip?.hash) {
      // What is held already was compared.
      await store.mark(roots !== null);
      return this.#serve([]);
    }
    const floor = block.number - keptWindow(finality);
    const finalized = Math.max(store.tip?.finalized ?? -1, finalizedAt(finality, block.number));
    await store.commit({ kind, block, finalized, verified: roots !== null, floor, ...folded });
    await this.#serve(changedBy(folded));
    const settled = this.settled();
    if (kind === "block" && settled !== undefined) for (const listener of this.#settlers) listener(settled);
  }

  #foldLogs(logs: readonly TimedLog[]): Folded {
    const { chainId } = this.#network;
    const store = this.#store;
    const registries = registriesOf(this.#network);
    try {
      return foldLogs({ logs, chainId, registries, known: store, roots: store.roots });
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

  /** Serves the newest commit, if it was compared with the chain, and says what changed since the one served before. */
  async #serve(changed: readonly ChangedSubject[]): Promise<void> {
    const before = this.#served;
    const tip = this.#store.tip;
    this.#note(changed);
    if (!tip?.verified) return;

    if (before && this.#unserved.size === 0) {
      this.#served = { ...before, asOf: asOf(tip) };
      return;
    }
    this.#served = this.#newest(tip);
    this.#isDoubted = false;
    this.#wasServed = true;
    const told = [...this.#unserved.values()];
    this.#unserved.clear();
    this.#tell(told);
    await before?.view.close();
  }

  /** Serves nothing any more. */
  async #withdraw(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    await served?.view.close();
  }

  #note(changed: readonly ChangedSubject[]): void {
    if (!this.#wasServed) return;
    for (const one of changed) {
      const key = one.kind + one.id;
      this.#unserved.set(key, together(this.#unserved.get(key), one));
    }
  }

  #tell(changed: readonly ChangedSubject[]): void {
    for (const listener of this.#listeners) listener(changed);
  }

  #newest(tip: Tip): Served {
    return { view: this.#store.view(), asOf: asOf(tip), roots: this.#store.roots };
  }
}

function changedBy({ states, chunks }: Folded): ChangedSubject[] {
  const byList = new Map<Hash, Set<number>>();
  for (const { list, index } of chunks) {
    const indexes = byList.get(list) ?? new Set();
    byList.set(list, indexes.add(index));
  }
  return states.map(({ kind, id }) => ({ kind, id, chunks: byList.get(id) ?? new Set() }));
}

/** Two changes of one subject as one. */
function together(before: ChangedSubject | undefined, { kind, id, chunks }: ChangedSubject): ChangedSubject {
  if (before === undefined) return { kind, id, ...(chunks && { chunks }) };
  return { kind, id, ...(before.chunks && chunks && { chunks: new Set([...before.chunks, ...chunks]) }) };
}

function asOf({ number, hash, time, finalized }: Tip): AsOf {
  return { number, hash, time, finalizedBlock: finalized };
}
