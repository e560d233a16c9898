import type { DidState } from "../resolver/apply-event.ts";
import type { DidEvent } from "../resolver/decode-log.ts";
import { HistoryIncompleteError } from "../resolver/errors.ts";
import type { Address, Hash } from "../resolver/hex.ts";
import type { NetworkDescriptor } from "../resolver/network.ts";
import type { AsOf } from "../resolver/resolve.ts";
import type { FollowEvent } from "./chain/follow-event.ts";
import type { RecentBlocks } from "./chain/recent-blocks.ts";
import type { Roots } from "./chain/roots.ts";
import type { DidIndex } from "./did-index.ts";
import { finalizedAt, undoWindow } from "./finality.ts";
import { foldLogs } from "./fold.ts";
import type { Tip } from "./store/open.ts";
import type { IndexStore } from "./store/store.ts";
import type { StoreView } from "./store/view.ts";

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
export class Indexer implements DidIndex {
  readonly #store: IndexStore;
  readonly #network: NetworkDescriptor;
  readonly #listeners: ((changed: readonly Address[]) => void)[] = [];
  #served: Served | undefined;
  /** Changed since what is served. */
  #unserved = new Set<Address>();

  constructor({ store, network }: { store: IndexStore; network: NetworkDescriptor }) {
    this.#store = store;
    this.#network = network;
    if (store.tip?.verified) this.#served = this.#newest(store.tip);
  }

  /** The newest block folded, served or not. */
  get tip(): Tip | undefined {
    return this.#store.tip;
  }

  get recent(): RecentBlocks {
    return this.#store.recent;
  }

  asOf(): AsOf | undefined {
    return this.#served?.asOf;
  }

  /** The roots as of {@link asOf}. */
  roots(): Roots | undefined {
    return this.#served?.roots;
  }

  state(address: Address): DidState | undefined {
    return this.#served?.view.state(address);
  }

  async events(address: Address): Promise<DidEvent[]> {
    return this.#served?.view.events(address) ?? [];
  }

  onChange(listener: (changed: readonly Address[]) => void): void {
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
        const changed = await this.#store.undo(ancestor, (root) => this.#expectRoot(root, roots, ancestor.number));
        return this.#serve(changed);
      }
    }
  }

  /** Forgets everything, to read it anew. */
  async drop(): Promise<void> {
    const served = this.#served;
    this.#served = undefined;
    this.#unserved.clear();
    await served?.view.close();
    this.#tell(await this.#store.identities());
    await this.#store.drop();
  }

  async #advance({ kind, block, logs, roots }: FollowEvent & { kind: "range" | "block" }): Promise<void> {
    const { finality, chainId } = this.#network;
    const store = this.#store;
    const folded = foldLogs({ logs, chainId, state: (address) => store.state(address), root: store.root });
    this.#expectRoot(folded.root, roots, block.number);
    const floor = block.number - undoWindow(finality);
    const finalized = Math.max(store.tip?.finalized ?? -1, finalizedAt(finality, block.number));
    await store.commit({ kind, block, finalized, verified: roots !== null, floor, ...folded });
    await this.#serve([...folded.states.keys()]);
  }

  #expectRoot(root: Hash, roots: Roots | null, block: number): void {
    if (roots === null || root === roots.did) return;
    throw new HistoryIncompleteError(
      `The logs up to block ${block} fold to root ${root}, but the DID registry holds ${roots.did} there: ` +
        "the chain's server lost or changed a log, or the descriptor's fromBlock is not that of the registry",
    );
  }

  /** Serves the newest commit, if it was compared with the chain, and says what changed since the one served before. */
  async #serve(changed: readonly Address[]): Promise<void> {
    const before = this.#served;
    const tip = this.#store.tip;
    if (before) for (const address of changed) this.#unserved.add(address);
    if (!tip?.verified) return;

    if (before && changed.length === 0 && this.#unserved.size === 0) {
      this.#served = { ...before, asOf: asOf(tip) };
      return;
    }
    this.#served = this.#newest(tip);
    const told = [...this.#unserved];
    this.#unserved.clear();
    this.#tell(told);
    await before?.view.close();
  }

  #tell(changed: readonly Address[]): void {
    for (const listener of this.#listeners) listener(changed);
  }

  #newest(tip: Tip): Served {
    return { view: this.#store.view(), asOf: asOf(tip), roots: { did: this.#store.root } };
  }
}

function asOf({ number, hash, time, finalized }: Tip): AsOf {
  return { number, hash, time, finalizedBlock: finalized };
}
