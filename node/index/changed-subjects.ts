import type { Hash } from "../../resolver/primitives/hex.ts";
import type { Folded } from "./fold.ts";
import type { ChangedSubject } from "./live-index.ts";

/** The subjects whose state some events changed, each list with its chunks. */
export function changedBy({ states, chunks }: Pick<Folded, "states" | "chunks">): ChangedSubject[] {
  const byList = new Map<Hash, Set<number>>();
  for (const { list, index } of chunks) {
    const indexes = byList.get(list) ?? new Set();
    byList.set(list, indexes.add(index));
  }
  return states.map(({ kind, id }) => ({ kind, id, chunks: byList.get(id) ?? new Set() }));
}

/** Changes that add up, each subject once. */
export class ChangedSubjects {
  readonly #all = new Map<string, ChangedSubject>();

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  add(changed: readonly ChangedSubject[]): void {
    for (const one of changed) {
      const key = one.kind + one.id;
      this.#all.set(key, together(this.#all.get(key), one));
    }
  }

  /** Gives what was added, and begins from nothing. */
  take(): ChangedSubject[] {
    const all = [...this.#all.values()];
    this.#all.clear();
    return all;
  }
}

/** Two changes of one subject as one. */
function together(before: ChangedSubject | undefined, { kind, id, chunks }: ChangedSubject): ChangedSubject {
  if (before === undefined) return { kind, id, ...(chunks && { chunks }) };
  return { kind, id, ...(before.chunks && chunks && { chunks: new Set([...before.chunks, ...chunks]) }) };
}
