import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { StateOf } from "../../resolver/registry-event.ts";
import type { LiveIndex } from "../index/live-index.ts";

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
  #loaded: Promise<void> | undefined;

  constructor(options: GroupingOptions<K, Kept>) {
    this.#options = options;
    options.index.onChange((changed, isReplaced) => {
      if (isReplaced) for (const id of [...this.#kept.keys()]) this.#look(id);
      for (const { kind, id } of changed) if (kind === options.kind) this.#look(id);
    });
  }

  /** Reads all subjects once; later changes are followed. */
  load(): Promise<void> {
    this.#loaded ??= this.#lookAtAll().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
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
    const ids = await this.#options.index.ids(this.#options.kind);
    for (const [at, id] of ids.entries()) {
      this.#look(id);
      if (at % AT_A_TIME === AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
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
