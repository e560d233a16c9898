import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { IndexDirectory } from "../store/directory.ts";
import { IndexStore } from "../store/store.ts";

/**
 * Opens a node's index, and reads it once through.
 * @throws StoreError, NetworkMismatchError when the directory can't be used.
 */
export async function openStore(directory: IndexDirectory, network: NetworkDescriptor): Promise<IndexStore> {
  const database = await directory.open();
  try {
    const store = await IndexStore.open(database, network);
    await store.verify();
    return store;
  } catch (error) {
    await database.close();
    throw error;
  }
}
