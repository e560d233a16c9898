import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { EventOf, StateOf, SubjectKind } from "../../resolver/registry-event.ts";
import type { AsOf } from "../../resolver/resolution/resolve.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import type { IndexStore } from "../store/store.ts";
import type { Tip } from "../store/tip.ts";
import type { StoreView } from "../store/view.ts";
import { ChangedSubjects } from "./changed-subjects.ts";
import { undoWindow } from "./finality.ts";
import type { ChangedSubject, EventBlock, IndexSnapshot, LiveIndex } from "./live-index.ts";
import { type Roots, seedRoots } from "./roots.ts";

/** The index as of a block at which its roots were equal to the chain's. */
interface Served {
  readonly view: StoreView;
  readonly asOf: AsOf;
  readonly roots: Roots;
}

/**
 * The part of the index that is served: the newest block whose roots were compared with the chain's. While many blocks are
 * read by ranges, it stays as of the block before them.
 */
export class ServedIndex implements LiveIndex {
  readonly #network: NetworkDescriptor;
  readonly #listeners: ((changed: readonly ChangedSubject[], isReplaced?: boolean) => void)[] = [];
  #served: Served | undefined;
  /** Whether anything was ever served, which listeners may have cached. */
  #wasServed = false;
  /** Whether the store has had another index since then, or this one was in doubt. */
  #isReplaced = false;
  /** Subjects that changed since the block that is or was last served. */
  readonly #unserved = new ChangedSubjects();

  /** Serves the newest commit of a store, if its roots are known to be the chain's. */
  constructor(network: NetworkDescriptor, store: IndexStore) {
    this.#network = network;
    if (!store.tip?.verified) return;
    this.#served = newest(store.tip, store);
    this.#wasServed = true;
  }

  asOf(): AsOf | undefined {
    return this.#served?.asOf;
  }

  /** The registries' roots as of {@link asOf}. */
  roots(): Roots | undefined {
    return this.#served?.roots;
  }

  /**
   * The registries' roots as of a block at or below {@link asOf}.
   * @throws UnavailableError while no block is served.
   */
  async rootsAt(block: number): Promise<Roots> {
    if (this.#served === undefined) throw new UnavailableError("This node serves no block now");
    return (await this.#served.view.rootsAt(block)) ?? seedRoots(this.#network);
  }

  /** Number of the newest served block that is never undone; `undefined` while there is none. */
  settled(): number | undefined {
    if (this.#served === undefined) return undefined;
    const { finalizedBlock, number } = this.#served.asOf;
    const block = Math.max(finalizedBlock, number - undoWindow(this.#network.finality));
    return block < 0 ? undefined : block;
  }

  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return this.#served?.view.state(kind, id);
  }

  async *events<K extends SubjectKind>(kind: K, id: Hex): AsyncGenerator<EventOf<K>, void, void> {
    await using held = this.hold();
    if (held === undefined) return;
    for await (const page of held.history({ subject: { kind, id }, to: held.asOf.number })) {
      for (const { event } of page) yield event as EventOf<K>;
    }
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
      ids: (kind) => view.ids(kind),
      history: (range) => view.history(range),
      lastChange: (upTo) => view.lastChange(upTo),
      eventAt: (place) => view.eventAt(place),
      [Symbol.asyncDispose]: () => view[Symbol.asyncDispose](),
    };
  }

  onChange(listener: (changed: readonly ChangedSubject[], isReplaced?: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** Records subjects that changed in the store. Listeners are called when the change is served. */
  note(changed: readonly ChangedSubject[]): void {
    if (this.#wasServed) this.#unserved.add(changed);
  }

  /**
   * To be called when the store has another index, or this one is in doubt: subjects that were served may be gone, or have
   * other states. Nothing may be served then.
   */
  replaced(): void {
    this.#isReplaced = this.#wasServed;
  }

  /**
   * Serves a commit whose roots are equal to the chain's, and calls the listeners with the subjects that changed since the
   * block served before.
   */
  async serve(tip: Tip, store: IndexStore): Promise<void> {
    const before = this.#served;
    if (before && this.#unserved.isEmpty) {
      this.#served = { ...before, asOf: asOf(tip) };
      return;
    }
    this.#served = newest(tip, store);
    this.#wasServed = true;
    const changed = this.#unserved.take();
    const isReplaced = this.#isReplaced;
    this.#isReplaced = false;
    for (const listener of this.#listeners) listener(changed, isReplaced);
    await before?.view[Symbol.asyncDispose]();
  }

  /** Stops serving until the next {@link serve}. */
  async withdraw(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    await served?.view[Symbol.asyncDispose]();
  }
}

function newest(tip: Tip, store: IndexStore): Served {
  return { view: store.view(), asOf: asOf(tip), roots: store.roots };
}

function asOf({ number, hash, time, finalized }: Tip): AsOf {
  return { number, hash, time, finalizedBlock: finalized };
}
