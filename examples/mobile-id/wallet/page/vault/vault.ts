import { eraseAll, type WalletDatabase } from "./database.ts";
import { type LockRecord, MAX_WRONG_PINS, makeLock, openLock, type Secret } from "./lock.ts";
import { LockError } from "./lock-error.ts";

/**
 * The wallet's memory while it is unlocked. Records are encrypted by AES-GCM with their name as additional data, so that
 * records can't be exchanged. Private keys are stored by the browser and are not extractable.
 *
 * Several tabs have the same database. One that was opened by a lock that another tab erased writes nothing any more: the vault
 * that may exist since could not read its records.
 */
export class Vault {
  readonly #database: WalletDatabase;
  readonly #key: CryptoKey;
  readonly #lock: LockRecord;

  private constructor(database: WalletDatabase, key: CryptoKey, lock: LockRecord) {
    this.#database = database;
    this.#key = key;
    this.#lock = lock;
  }

  /** The lock of the vault; `undefined` before the first start. */
  static lockOf(database: WalletDatabase): Promise<LockRecord | undefined> {
    return database.get("lock", "lock");
  }

  /** Creates a new, empty vault, unless another tab has created one. @throws LockError */
  static async create(database: WalletDatabase, secret: Secret): Promise<Vault> {
    const { record, key } = await makeLock(secret);
    try {
      await database.add("lock", record, "lock");
    } catch (cause) {
      if ((cause as DOMException).name !== "ConstraintError") throw cause;
      throw new LockError("LOCK_EXISTS", "Another tab created this wallet: its records are under its lock", { cause });
    }
    return new Vault(database, key, record);
  }

  /** Unlocks the vault. The tenth wrong PIN in a row erases everything. @throws LockError */
  static async open(database: WalletDatabase, secret: Secret): Promise<Vault> {
    // The try is counted before it is made, so that closing the page in between does not avoid the count.
    const record = await changeLock(database, counted);
    if (record === undefined) throw new TypeError("There is no vault yet");
    const { wrongPins } = record;
    try {
      const key = await openLock(record, secret);
      await changeLock(database, (lock) => (isSameLock(lock, record) ? { ...lock, wrongPins: 0 } : lock));
      return new Vault(database, key, record);
    } catch (error) {
      const isLast = error instanceof LockError && error.code === "LOCK_WRONG_PIN" && wrongPins >= MAX_WRONG_PINS;
      if (isLast) await eraseAll(database);
      throw error;
    }
  }

  async read<T>(name: string): Promise<T | undefined> {
    const sealed = await this.#database.get("sealed", name);
    if (sealed === undefined) return undefined;
    const opened = await crypto.subtle.decrypt(aes(name, sealed.iv), this.#key, sealed.data);
    return JSON.parse(new TextDecoder().decode(opened)) as T;
  }

  async write(name: string, value: unknown): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(aes(name, iv), this.#key, new TextEncoder().encode(JSON.stringify(value)));
    const writing = this.#database.transaction(["lock", "sealed"], "readwrite");
    this.#expectLock(await writing.objectStore("lock").get("lock"));
    await Promise.all([writing.objectStore("sealed").put({ iv, data }, name), writing.done]);
  }

  async remove(name: string): Promise<void> {
    await this.#database.delete("sealed", name);
  }

  /** The records whose name has a prefix, in the order of their names. */
  async all<T>(prefix: string): Promise<readonly T[]> {
    const names = await this.#database.getAllKeys("sealed", IDBKeyRange.bound(prefix, `${prefix}\uffff`));
    return Promise.all(names.map(async (name) => (await this.read<T>(name)) as T));
  }

  /** Creates a P-256 key with a non-extractable private half, and returns its name. */
  async makeKey(): Promise<string> {
    const name = crypto.randomUUID();
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const writing = this.#database.transaction(["lock", "keys"], "readwrite");
    this.#expectLock(await writing.objectStore("lock").get("lock"));
    await Promise.all([writing.objectStore("keys").put(pair, name), writing.done]);
    return name;
  }

  async key(name: string): Promise<CryptoKeyPair> {
    const pair = await this.#database.get("keys", name);
    if (pair === undefined) throw new TypeError(`There is no key ${name} in this browser`);
    return pair;
  }

  async removeKey(name: string): Promise<void> {
    await this.#database.delete("keys", name);
  }

  /** @throws LockError `LOCK_CHANGED` unless the stored lock is that of this vault. */
  #expectLock(stored: LockRecord | undefined): void {
    if (stored !== undefined && isSameLock(stored, this.#lock)) return;
    throw new LockError("LOCK_CHANGED", "Another tab erased this wallet");
  }
}

/** Counts a try to unlock; a passkey counts wrong tries itself. */
function counted(lock: LockRecord): LockRecord {
  return lock.kind === "pin" ? { ...lock, wrongPins: lock.wrongPins + 1 } : lock;
}

/** Changes the stored lock in one transaction, because other tabs change it too. @returns the new one; `undefined` without one. */
async function changeLock(
  database: WalletDatabase,
  change: (lock: LockRecord) => LockRecord,
): Promise<LockRecord | undefined> {
  const changing = database.transaction("lock", "readwrite");
  const stored = await changing.store.get("lock");
  const changed = stored && change(stored);
  if (changed !== undefined) await changing.store.put(changed, "lock");
  await changing.done;
  return changed;
}

/** Each lock has a random salt of its own. */
function isSameLock(one: LockRecord, other: LockRecord): boolean {
  return one.salt.join() === other.salt.join();
}

function aes(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}
