import type { Logger } from "pino";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Database } from "../store/database.ts";
import { migrate } from "../store/migration/migrate.ts";
import { IndexStore } from "../store/store.ts";

export interface OpenStoreOptions {
  readonly network: NetworkDescriptor;
  readonly directory: string;
  readonly openDatabase: (directory: string) => Promise<Database>;
  readonly logger: Logger;
}

/**
 * Opens a node's index: migrates that of an older version first, and reads it once through.
 * @throws StoreError, NetworkMismatchError when the directory can't be used.
 */
export async function openStore({ network, directory, openDatabase, logger }: OpenStoreOptions): Promise<IndexStore> {
  const migrated = await migrate({ directory, network });
  if (migrated !== undefined) {
    const steps = migrated.steps.map(({ what }) => what);
    logger.warn({ steps, kept: migrated.kept }, "the index of an older version was migrated, and is kept");
  }
  const database = await openDatabase(directory);
  try {
    const store = await IndexStore.open(database, network);
    await store.verify();
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}
