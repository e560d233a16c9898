import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { StatusListState } from "../../resolver/status/apply-status-event.ts";
import type { IndexSnapshot, LiveIndex } from "../index/live-index.ts";
import { GroupedSubjects } from "./grouped-subjects.ts";

/** The status lists of each issuer, and the times at which they were closed. */
export class IssuerLists {
  readonly #index: LiveIndex;
  readonly #lists: GroupedSubjects<"list", { readonly group: Address }>;
  /** Cache of the times of closing, with the head of the list as of which each was read: the head commits to its events. */
  readonly #closedAt = new Map<Hash, { readonly head: Hash; readonly time: number }>();

  constructor(index: LiveIndex) {
    this.#index = index;
    this.#lists = new GroupedSubjects({
      index,
      kind: "list",
      keep: ({ origin }) => origin && { group: origin.issuer },
    });
  }

  /** Reads all lists once; later changes are followed. */
  load(): Promise<void> {
    return this.#lists.load();
  }

  /** States of an issuer's lists as of the served block, sorted by number; complete once {@link load} is done. */
  of(issuer: Address): StatusListState[] {
    const states = this.#lists.of(issuer).flatMap((id) => this.#index.state("list", id) ?? []);
    return states.sort((a, b) => ((a.origin?.number ?? 0n) < (b.origin?.number ?? 0n) ? -1 : 1));
  }

  /**
   * Unix time at which a list was closed; `null` while it is open.
   * @param held the snapshot in which the list has this state.
   */
  async closedAt(held: IndexSnapshot, { list, closed, head }: StatusListState): Promise<number | null> {
    if (!closed) return null;
    const known = this.#closedAt.get(list);
    if (known?.head === head) return known.time;
    for await (const events of held.history({ subject: { kind: "list", id: list }, to: held.asOf.number })) {
      const closing = events.find(({ event }) => event.type === "closed")?.event;
      if (closing === undefined) continue;
      this.#closedAt.set(list, { head, time: closing.time });
      return closing.time;
    }
    return null;
  }
}
