import { eraseAll, type WalletDatabase } from "./database.ts";
import { type LockRecord, MAX_WRONG_PINS, makeLock, openLock, type Secret } from "./lock.ts";
import { LockError } from "./lock-error.ts";

/**
 * The wallet's memory while it is unlocked. Records are sealed by AES-GCM with their own name as additional data, so that none can
 * be put in another's place; private keys are held by the browser, and give signatures, never their bytes.
 */
export class Vault {
  readonly #database: WalletDatabase;
  readonly #key: CryptoKey;

  private constructor(database: WalletDatabase, key: CryptoKey) {
    this.#database = database;
    this.#key = key;
  }

  /** How it is locked; `undefined` before the first start. */
  static lockOf(database: WalletDatabase): Promise<LockRecord | undefined> {
    return database.get("lock", "lock");
  }

  /** Makes a new, empty vault. @throws LockError */
  static async create(database: WalletDatabase, secret: Secret): Promise<Vault> {
    const { record, key } = await makeLock(secret);
    await database.put("lock", record, "lock");
    return new Vault(database, key);
  }

  /** Unlocks it. The tenth wrong PIN in a row erases everything. @throws LockError */
  static async open(database: WalletDatabase, secret: Secret): Promise<Vault> {
    const record = await Vault.lockOf(database);
    if (record === undefined) throw new TypeError("There is no vault yet");
    // Counted before it is tried, so that a page that is closed in between gives no free try.
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

  /** The records whose name begins so, in the order of their names. */
  async all<T>(prefix: string): Promise<readonly T[]> {
    const names = await this.#database.getAllKeys("sealed", IDBKeyRange.bound(prefix, `${prefix}\uffff`));
    return Promise.all(names.map(async (name) => (await this.read<T>(name)) as T));
  }

  /** A new P-256 key, of which nobody can read the private half; gives its name. */
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
