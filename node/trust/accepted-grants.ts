import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { LiveIndex } from "../index/live-index.ts";

/** Grants read before other tasks of the event loop run. */
const AT_A_TIME = 1_000;

/**
 * The grants that each DID accepted. Other grants have no effect, and a grantor can create any number of them. So they are
 * left out here, and do not slow down answers about a DID.
 */
export class AcceptedGrants {
  readonly #index: LiveIndex;
  readonly #bySubject = new Map<Address, Set<Hash>>();
  readonly #known = new Map<Hash, { readonly subject: Address; readonly typeId: Hash }>();
  #loaded: Promise<void> | undefined;

  constructor(index: LiveIndex) {
    this.#index = index;
    index.onChange((changed, isReplaced) => {
      if (isReplaced) for (const id of [...this.#known.keys()]) this.#look(id);
      for (const { kind, id } of changed) if (kind === "grant") this.#look(id);
    });
  }

  /** Reads all grants once; later changes are followed. */
  load(): Promise<void> {
    this.#loaded ??= this.#lookAtAll().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  /** Ids of a DID's accepted grants of all types, as of the served block; complete once {@link load} is done. */
  of(subject: Address): Hash[] {
    return [...(this.#bySubject.get(subject) ?? [])];
  }

  /** Ids of all accepted grants of all DIDs, as of the served block; complete once {@link load} is done. */
  all(): Hash[] {
    return [...this.#known.keys()];
  }

  /** Ids of all accepted grants of a type, unordered; complete once {@link load} is done. */
  ofType(typeId: Hash): Hash[] {
    return [...this.#known].flatMap(([id, grant]) => (grant.typeId === typeId ? [id] : []));
  }

  async #lookAtAll(): Promise<void> {
    const ids = await this.#index.ids("grant");
    for (const [at, id] of ids.entries()) {
      this.#look(id);
      if (at % AT_A_TIME === AT_A_TIME - 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #look(id: Hash): void {
    const grant = this.#index.state("grant", id);
    const known = this.#known.get(id);
    if (grant !== undefined && grant.accepted !== null) {
      this.#known.set(id, { subject: grant.subject, typeId: grant.typeId });
      this.#bySubject.set(grant.subject, (this.#bySubject.get(grant.subject) ?? new Set()).add(id));
    } else if (known !== undefined) {
      // A reorg undid the acceptance, or the grant is not in the index that replaced the former one.
      this.#known.delete(id);
      this.#bySubject.get(known.subject)?.delete(id);
    }
  }
}
