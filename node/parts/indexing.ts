import { Indexer } from "../index/indexer.ts";
import { openStore } from "../index/open-store.ts";
import { Progress } from "../index/progress.ts";
import { timedDatabase } from "../metrics/timed-database.ts";
import { logState } from "../runtime/log-state.ts";
import type { Part } from "../runtime/part.ts";
import { IndexDirectory } from "../store/directory.ts";
import type { IndexStore } from "../store/store.ts";
import type { NodeContext } from "./context.ts";

/** The index on the disk, and what is known of how far it is. */
export interface Indexing extends Part {
  readonly directory: IndexDirectory;
  readonly store: IndexStore;
  readonly indexer: Indexer;
  readonly progress: Progress;
}

/**
 * Opens the data directory and reads it once through.
 * @throws StoreError, NetworkMismatchError when it can't be used.
 */
export async function openIndexing({ config, clock, logger, observer, ...context }: NodeContext): Promise<Indexing> {
  const { network, dataDir: path } = config;
  const directory = new IndexDirectory({
    path,
    network,
    logger,
    async openDatabase(where) {
      const database = await context.openDatabase(where);
      return timedDatabase({ database, observer, monotonic: clock.monotonic });
    },
  });
  const store = await openStore(directory, network);
  const indexer = new Indexer({ store, network });
  const progress = new Progress({
    indexer,
    policy: config,
    now: clock.now,
    onChange: (from, to) => logState(logger, from, to),
  });
  return { directory, store, indexer, progress, stop: () => store.close() };
}
