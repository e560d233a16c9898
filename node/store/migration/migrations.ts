import type { NetworkDescriptor } from "../../../resolver/network.ts";
import type { Database } from "../database.ts";
import { fromVersion4 } from "./from-4.ts";

/** How an index of an older schema version is migrated. */
export interface Migration {
  /** What it does, for the log. */
  readonly what: string;
  /**
   * Writes the entries of the older database into an empty one, in the form of this version, without the record that says
   * whose data it is (`lm`). Blocks that it leaves out are read from the chain.
   */
  migrate(from: Database, to: Database, network: NetworkDescriptor): Promise<void>;
}

/** By schema version, for every version that was released before this one. */
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
