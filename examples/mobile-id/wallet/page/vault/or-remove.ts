import type { Vault } from "./vault.ts";

/** Removes keys from the vault if work that needs them fails: the browser's storage is not for keys without a card. */
export async function orRemove<T>(vault: Vault, keys: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (const key of keys) await vault.removeKey(key);
    throw error;
  }
}
