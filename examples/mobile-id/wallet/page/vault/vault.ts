import { eraseAll, type WalletDatabase } from "./database.ts";
import { type LockRecord, MAX_WRONG_PINS, makeLock, openLock, type Secret } from "./lock.ts";
import { LockError } from "./lock-error.ts";

/**
 * The wallet's memory while it is unlocked. Records are encrypted by AES-GCM with their name as additional data, so that
 * records can't be exchanged. Private keys are stored by the browser and are not extractable.
 */
export class Vault {
  readonly #database: WalletDatabase;
  readonly #key: CryptoKey;

  private constructor(database: WalletDatabase, key: CryptoKey) {
    this.#database = database;
    this.#key = key;
  }

  /** The lock of the vault; `undefined` before the first start. */
  static lockOf(database: WalletDatabase): Promise<LockRecord | undefined> {
    return database.get("lock", "lock");
  }

  /** Creates a new, empty vault. @throws LockError */
  static async create(database: WalletDatabase, secret: Secret): Promise<Vault> {
    const { record, key } = await makeLock(secret);
    await database.put("lock", record, "lock");
    return new Vault(database, key);
  }

  /** Unlocks the vault. The tenth wrong PIN in a row erases everything. @throws LockError */
  static async open(database: WalletDatabase, secret: Secret): Promise<Vault> {
    const record = await Vault.lockOf(database);
    if (record === undefined) throw new TypeError("There is no vault yet");
    // The try is counted before it is made, so that closing the page in between does not avoid the count.
    const wrongPins = record.wrongPins + 1;
    if (record.kind === "pin") await database.put("lock", { ...record, wrongPins }, "lock");
    try {
      const key = await openLock(record, secret);
      await database.put("lock", { ...record, wrongPins: 0 }, "lock");
      return new Vault(database, key);
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
    await this.#database.put("sealed", { iv, data }, name);
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
    await this.#database.put("keys", pair, name);
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
}

function aes(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
}
