import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { IndexDirectory } from "../store/directory.ts";
import { IndexStore } from "../store/store.ts";

/**
 * Opens a node's index. After a kill or a power cut it is read through first, before anything is served from it.
 * @returns the store, and whether it was read through.
 * @throws StoreError, NetworkMismatchError when the directory can't be used.
 */
export async function openStore(
  directory: IndexDirectory,
  network: NetworkDescriptor,
): Promise<{ store: IndexStore; wasRead: boolean }> {
  const database = await directory.open();
  try {
    const store = await IndexStore.open(database, network);
    const wasRead = !store.isWhole;
    if (wasRead) await store.verify();
    return { store, wasRead };
  } catch (error) {
    await database.close();
    throw error;
  }
}
