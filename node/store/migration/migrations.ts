import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Database } from "../database.ts";
import { fromVersion4 } from "./from-4.ts";

/** What becomes of an index of an older schema version. */
export interface Migration {
  /** What it does, for the log. */
  readonly what: string;
  /**
   * Writes into an empty database what this version makes of the entries of the older one, but for whose data it is. What it
   * leaves out is read from the chain.
   */
  migrate(from: Database, to: Database, network: NetworkDescriptor): Promise<void>;
}

/** By each schema version that was ever released before this one. */
export const MIGRATIONS: ReadonlyMap<number, Migration> = new Map([
  [1, readAgain("version 1 held no types, grants and status lists")],
  [2, readAgain("version 2 could not tell a state from one that it had replaced")],
  [3, readAgain("version 3 held of a label only what its runtime could show, and of a DID what had ended")],
  [
    4,
    {
      what: "its history is folded again, and the blocks that could still be undone are read again from the chain",
      migrate: fromVersion4,
    },
  ],
]);

function readAgain(why: string): Migration {
  return { what: `everything is read again from the chain: ${why}`, migrate: async () => {} };
}
