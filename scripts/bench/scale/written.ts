import { Indexer } from "../../../node/index/indexer.ts";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { IndexStore } from "../../../node/store/store.ts";
import type { Row } from "../measuring/row.ts";
import { openFolder } from "../stage/folder.ts";
import { keysOfOneDid, network } from "./chain.ts";

/** Keys of the DID before the event: schema version 3 wrote 401 kB for one event of such a DID. */
const KEYS = 920;

/** Bytes of all keys and values that the index writes for one event of a DID with many keys, including the undo records. */
export async function writtenRow(): Promise<Row> {
  await using folder = await openFolder();
  await using database = await openLevel(folder.path);
  let ours = 0;
  countWrites(database, (bytes) => {
    ours += bytes;
  });
  const store = await IndexStore.open(database, network);
  const indexer = new Indexer({ store, network });
  for (const one of keysOfOneDid(KEYS + 1)) {
    ours = 0;
    await indexer.fold({ kind: "block", ...one, roots: null });
  }
  const size = `a DID with ${KEYS} keys`;
  return {
    topic: "scale: an event, written",
    size,
    peer: "a limit of ours",
    ours,
    theirs: 12_000,
    unit: "bytes",
    goal: 1,
  };
}

/** Calls `count` with the size in bytes of each key and value that is written to a database. */
function countWrites(database: Database, count: (bytes: number) => void): void {
  const batch = database.batch.bind(database);
  Object.assign(database, {
    batch() {
      const one = batch();
      const put = one.put.bind(one);
      return Object.assign(one, {
        put(key: string, value: string | Buffer) {
          // Keys and string values are hex digits, two per byte.
          count(key.length / 2 + (typeof value === "string" ? value.length / 2 : value.length));
          return put(key, value);
        },
      });
    },
  });
}
