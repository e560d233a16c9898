import type { NodeObserver } from "../runtime/observer.ts";
import type { Database } from "../store/database.ts";

export interface TimedDatabaseOptions {
  readonly database: Database;
  readonly observer: Pick<NodeObserver, "wroteBatch">;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
}

/** Wraps a database and measures its batches. */
export function timedDatabase({ database, observer, monotonic }: TimedDatabaseOptions): Database {
  return {
    getSync: (key, options) => database.getSync(key, options),
    getMany: (keys, options) => database.getMany(keys, options),
    iterator: (options) => database.iterator(options),
    clear: (range) => database.clear(range),
    snapshot: () => database.snapshot(),
    memory: () => database.memory(),
    close: () => database.close(),
    [Symbol.asyncDispose]: () => database.close(),
    batch() {
      const batch = database.batch();
      return {
        put: (key, value) => batch.put(key, value),
        del: (key) => batch.del(key),
        async write(options) {
          const started = monotonic();
          await batch.write(options);
          observer.wroteBatch({ seconds: (monotonic() - started) / 1_000, sync: options.sync });
        },
      };
    },
  };
}
