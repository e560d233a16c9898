import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { LockRecord } from "./lock.ts";

/** A record that is encrypted by the vault's key. */
export interface SealedRecord {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly data: ArrayBuffer;
}

/** What the browser stores: the lock, non-extractable keys, sealed records, and public values. */
export interface WalletSchema extends DBSchema {
  lock: { key: "lock"; value: LockRecord };
  keys: { key: string; value: CryptoKeyPair };
  sealed: { key: string; value: SealedRecord };
  /** Public values: the language and the network's settings. */
  open: { key: string; value: unknown };
}

export type WalletDatabase = IDBPDatabase<WalletSchema>;

const NAME = "mapae-wallet";

export async function openDatabase(): Promise<WalletDatabase> {
  return openDB<WalletSchema>(NAME, 1, {
    upgrade(database) {
      for (const store of ["lock", "keys", "sealed", "open"] as const) database.createObjectStore(store);
    },
  });
}

/** Erases cards, keys, history and lock. Public values stay, so that the wallet opens offline in the same language. */
export async function eraseAll(database: WalletDatabase): Promise<void> {
  const all = database.transaction(["lock", "keys", "sealed"], "readwrite");
  await Promise.all([
    ...(["lock", "keys", "sealed"] as const).map((store) => all.objectStore(store).clear()),
    all.done,
  ]);
}
