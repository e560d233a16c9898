import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { LiveIndex } from "../index/live-index.ts";
import { GroupedSubjects } from "./grouped-subjects.ts";

/**
 * The grants that each DID accepted. Other grants have no effect, and a grantor can create any number of them. So they are
 * left out here, and do not slow down answers about a DID.
 */
export class AcceptedGrants {
  readonly #grants: GroupedSubjects<"grant", { readonly group: Address; readonly typeId: Hash }>;

  constructor(index: LiveIndex) {
    this.#grants = new GroupedSubjects({
      index,
      kind: "grant",
      keep: ({ accepted, subject, typeId }) => (accepted === null ? null : { group: subject, typeId }),
    });
  }

  /** Reads all grants once; later changes are followed. */
  load(): Promise<void> {
    return this.#grants.load();
  }

  /** Ids of a DID's accepted grants of all types, as of the served block; complete once {@link load} is done. */
  of(subject: Address): Hash[] {
    return this.#grants.of(subject);
  }

  /** Ids of all accepted grants of all DIDs, as of the served block; complete once {@link load} is done. */
  all(): Hash[] {
    return [...this.#grants.all().keys()];
  }

  /** Ids of all accepted grants of a type, unordered; complete once {@link load} is done. */
  ofType(typeId: Hash): Hash[] {
    return [...this.#grants.all()].flatMap(([id, grant]) => (grant.typeId === typeId ? [id] : []));
  }
}
