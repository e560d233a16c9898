import type { Database } from "../../node/store/database.ts";

/**
 * Calls a function in place of each write of a database, which has to call `write`.
 * @param around gets the options of the write.
 */
export function aroundWrites(
  database: Database,
  around: (write: () => Promise<void>, options: { readonly sync: boolean }) => Promise<void>,
): void {
  const batch = database.batch.bind(database);
  Object.assign(database, {
    batch() {
      const one = batch();
      const write = one.write.bind(one);
      return Object.assign(one, {
        write: (options: { sync: boolean }) => around(() => write(options), options),
      });
    },
  });
}
