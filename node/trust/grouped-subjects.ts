import { UnavailableError } from "../../resolver/errors.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { StateOf } from "../../resolver/registry-event.ts";
import { heldIndex, type LiveIndex } from "../index/live-index.ts";

/** Subjects read before other tasks of the event loop run. */
const AT_A_TIME = 1_000;

export interface GroupingOptions<K extends "grant" | "list", Kept> {
  readonly index: LiveIndex;
  readonly kind: K;
  /** What is kept of a state, with the address of its group; `null` to leave the subject out. */
  readonly keep: (state: StateOf<K>) => Kept | null;
}

/** The subjects of one kind as of the served block, grouped by an address in their states. */
export class GroupedSubjects<K extends "grant" | "list", Kept extends { readonly group: Address }> {
  readonly #options: GroupingOptions<K, Kept>;
  readonly #groups = new Map<Address, Set<Hash>>();
  readonly #kept = new Map<Hash, Kept>();
  #loading: Promise<void> | undefined;

  constructor(options: GroupingOptions<K, Kept>) {
    this.#options = options;
    options.index.onChange((changed, isReplaced) => {
      if (isReplaced) {
        this.#groups.clear();
        this.#kept.clear();
        this.#loading = undefined;
      }
      for (const { kind, id } of changed) if (kind === options.kind) this.#look(id);
    });
  }

  /**
   * Reads all subjects once, and again after the index was replaced; later changes are followed.
   * @throws UnavailableError while no block is served; StoreError.
   */
  async load(): Promise<void> {
    this.#loading ??= this.#lookAtAll().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    const loading = this.#loading;
    await loading;
    if (this.#loading !== loading) await this.load();
  }

  /** Ids of the subjects of a group; complete once {@link load} is done. */
  of(group: Address): Hash[] {
    return [...(this.#groups.get(group) ?? [])];
  }

  /** All subjects, unordered; complete once {@link load} is done. */
  all(): ReadonlyMap<Hash, Kept> {
    return this.#kept;
  }

  async #lookAtAll(): Promise<void> {
    const { index, kind } = this.#options;
    await using held = heldIndex(index);
    for (const [at, id] of (await held.ids(kind)).entries()) {
      if (at % AT_A_TIME === 0) await new Promise((resolve) => setImmediate(resolve));
      if (index.asOf() === undefined) throw new UnavailableError("The node stopped serving while it read its index");
      this.#look(id);
    }
  }

  #look(id: Hash): void {
    const { index, kind, keep } = this.#options;
    const state = index.state(kind, id);
    const now = state === undefined ? null : keep(state);
    const before = this.#kept.get(id);
    if (now !== null) {
      this.#kept.set(id, now);
      this.#groups.set(now.group, (this.#groups.get(now.group) ?? new Set()).add(id));
    } else if (before !== undefined) {
      // A reorg undid what made it one of them, or it is not in the index that replaced the former one.
      this.#kept.delete(id);
      this.#groups.get(before.group)?.delete(id);
    }
  }
}
