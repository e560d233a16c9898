import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { StatusListState } from "../../resolver/status/apply-status-event.ts";
import type { IndexSnapshot, LiveIndex } from "../index/live-index.ts";

/** Lists read before other tasks of the event loop run. */
const AT_A_TIME = 1_000;

/** The status lists of each issuer, and the times at which they were closed. */
export class IssuerLists {
  readonly #index: LiveIndex;
  readonly #byIssuer = new Map<Address, Set<Hash>>();
  readonly #issuerOf = new Map<Hash, Address>();
  /** Cache of the times of closing, with the head of the list as of which each was read: the head commits to its events. */
  readonly #closedAt = new Map<Hash, { readonly head: Hash; readonly time: number }>();
  #loaded: Promise<void> | undefined;

  constructor(index: LiveIndex) {
    this.#index = index;
    index.onChange((changed, isReplaced) => {
      if (isReplaced) for (const id of [...this.#issuerOf.keys()]) this.#look(id);
      for (const { kind, id } of changed) if (kind === "list") this.#look(id);
    });
  }

  /** Reads all lists once; later changes are followed. */
  load(): Promise<void> {
    this.#loaded ??= this.#lookAtAll().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  /** States of an issuer's lists as of the served block, sorted by number; complete once {@link load} is done. */
  of(issuer: Address): StatusListState[] {
    const states = [...(this.#byIssuer.get(issuer) ?? [])].flatMap((id) => this.#index.state("list", id) ?? []);
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

  async #lookAtAll(): Promise<void> {
    const ids = await this.#index.ids("list");
    for (const [at, id] of ids.entries()) {
      this.#look(id);
      if (at % AT_A_TIME === AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #look(id: Hash): void {
    const issuer = this.#index.state("list", id)?.origin?.issuer;
    const known = this.#issuerOf.get(id);
    if (issuer !== undefined) {
      this.#issuerOf.set(id, issuer);
      this.#byIssuer.set(issuer, (this.#byIssuer.get(issuer) ?? new Set()).add(id));
    } else if (known !== undefined) {
      // A reorg undid the list, or it is not in the index that replaced the former one.
      this.#issuerOf.delete(id);
      this.#byIssuer.get(known)?.delete(id);
    }
  }
}
