import { Indexer } from "../index/indexer.ts";
import { openStore } from "../index/open-store.ts";
import { Progress } from "../index/progress.ts";
import type { ServedIndex } from "../index/served-index.ts";
import { timedDatabase } from "../metrics/timed-database.ts";
import { logState } from "../runtime/log-state.ts";
import { loop, type Part } from "../runtime/part.ts";
import { IndexDirectory } from "../store/directory.ts";
import type { IndexStore } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import type { NodeContext } from "./context.ts";

/** The index on disk, and its progress. */
export interface Indexing extends Part {
  readonly directory: IndexDirectory;
  readonly store: IndexStore;
  readonly indexer: Indexer;
  /** The part of it that is served. */
  readonly index: ServedIndex;
  readonly progress: Progress;
}

/**
 * Opens the data directory. An index that was closed properly is served immediately and read through in the background;
 * damage that is found halts the node.
 * @throws StoreError, NetworkMismatchError when the directory can't be used.
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
  const { store, wasRead } = await openStore(directory, network);
  const indexer = new Indexer({ store, network });
  const progress = new Progress({
    indexer,
    policy: config,
    now: clock.now,
    onChange: (from, to) => logState(logger, from, to),
  });
  const reading = loop(async (signal) => {
    try {
      await store.verify(signal);
    } catch (error) {
      if (signal.aborted) return;
      // Other faults, such as an unmounted disk, are detected at the next write or check of the directory.
      if (!(error instanceof StoreError) || error.code !== "STORE_CORRUPT") {
        return void logger.warn({ reason: (error as Error).message }, "the index could not be read through");
      }
      const { code, message } = error;
      logger.fatal({ code, reason: message }, "the index is damaged");
      progress.halted({ code, message, answers: false });
    }
  });
  return {
    ...{ directory, store, indexer, index: indexer.served, progress },
    start: wasRead ? () => {} : reading.start,
    async stop() {
      await reading.stop();
      await store.close();
    },
  };
}
