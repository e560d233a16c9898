import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Database } from "../database.ts";
import { fromVersion4 } from "./from-4.ts";

/** A step from one schema version to the next. */
export interface Migration {
  /** The version that it reads. */
  readonly from: number;
  /** What it does, for the log. */
  readonly what: string;
  /**
   * Writes into an empty database what the next version makes of the entries of this one, but for whose data it is. What it
   * leaves out is read from the chain.
   */
  migrate(from: Database, to: Database, network: NetworkDescriptor): Promise<void>;
}

/** A step from each version that was ever released to the one after it. */
export const MIGRATIONS: readonly Migration[] = [
  {
    from: 1,
    what: "everything is read again from the chain: version 1 held no types, grants and status lists",
    migrate: async () => {},
  },
  {
    from: 2,
    what: "everything is read again from the chain: version 2 could not tell a state from one that it had replaced",
    migrate: async () => {},
  },
  {
    from: 3,
    what: "everything is read again from the chain: version 3 held of a label only what its runtime could show, and of a DID what had ended",
    migrate: async () => {},
  },
  {
    from: 4,
    what: "its history is folded again, and the blocks that could still be undone are read again from the chain",
    migrate: fromVersion4,
  },
];
