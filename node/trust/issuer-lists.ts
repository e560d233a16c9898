import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { StatusListState } from "../../resolver/status/apply-status-event.ts";
import type { LiveIndex } from "../index/live-index.ts";

/** Lists read before other tasks of the event loop run. */
const AT_A_TIME = 1_000;

/** The status lists of each issuer, and the times at which they were closed. */
export class IssuerLists {
  readonly #index: LiveIndex;
  readonly #byIssuer = new Map<Address, Set<Hash>>();
  readonly #issuerOf = new Map<Hash, Address>();
  /** Cache of the times of closing, which change only in a reorg. */
  readonly #closedAt = new Map<Hash, number>();
  #loaded: Promise<void> | undefined;

  constructor(index: LiveIndex) {
    this.#index = index;
    index.onChange((changed) => {
      for (const { kind, id, chunks } of changed) {
        if (kind !== "list") continue;
        this.#look(id);
        // A reorg may have undone any of its events.
        if (chunks === undefined) this.#closedAt.delete(id);
      }
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

  /** Unix time at which a list was closed; `null` while it is open. */
  async closedAt({ list, closed }: StatusListState): Promise<number | null> {
    if (!closed) return null;
    const known = this.#closedAt.get(list);
    if (known !== undefined) return known;
    for await (const event of this.#index.events("list", list)) {
      if (event.type !== "closed") continue;
      this.#closedAt.set(list, event.time);
      return event.time;
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
      // A reorg undid the list.
      this.#issuerOf.delete(id);
      this.#byIssuer.get(known)?.delete(id);
    }
  }
}
