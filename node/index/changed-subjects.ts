import type { Hash } from "../../resolver/primitives/hex.ts";
import type { Folded } from "./fold.ts";
import type { ChangedSubject } from "./live-index.ts";

/** The subjects whose state some events changed; a list with the indexes of its changed chunks. */
export function changedBy({ states, chunks }: Pick<Folded, "states" | "chunks">): ChangedSubject[] {
  const byList = new Map<Hash, Set<number>>();
  for (const { list, index } of chunks) {
    const indexes = byList.get(list) ?? new Set();
    byList.set(list, indexes.add(index));
  }
  return states.map(({ kind, id }) => ({ kind, id, chunks: byList.get(id) ?? new Set() }));
}

/** Collects changes of several commits, each subject once. */
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

  /** Returns the collected changes and clears them. */
  take(): ChangedSubject[] {
    const all = [...this.#all.values()];
    this.#all.clear();
    return all;
  }
}

/** Merges two changes of one subject. */
function together(before: ChangedSubject | undefined, { kind, id, chunks }: ChangedSubject): ChangedSubject {
  if (before === undefined) return { kind, id, ...(chunks && { chunks }) };
  return { kind, id, ...(before.chunks && chunks && { chunks: new Set([...before.chunks, ...chunks]) }) };
}
