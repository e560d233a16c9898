import { randomUUID } from "node:crypto";
import type { Vault } from "../../../examples/mobile-id/wallet/page/vault/vault.ts";

/** A vault in memory, for the parts of the wallet that do not depend on how a browser stores. */
export class MemoryVault {
  readonly #records = new Map<string, string>();
  readonly keys = new Map<string, CryptoKeyPair>();
  /** Whether storing fails, as in a browser without space. */
  isFull = false;

  asVault(): Vault {
    return this as unknown as Vault;
  }

  async read<T>(name: string): Promise<T | undefined> {
    const text = this.#records.get(name);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  async write(name: string, value: unknown): Promise<void> {
    if (this.isFull) throw new DOMException("There is no space", "QuotaExceededError");
    this.#records.set(name, JSON.stringify(value));
  }

  async remove(name: string): Promise<void> {
    this.#records.delete(name);
  }

  async all<T>(prefix: string): Promise<readonly T[]> {
    const texts = [...this.#records].filter(([name]) => name.startsWith(prefix)).map(([, text]) => text);
    return texts.map((text) => JSON.parse(text) as T);
  }

  async makeKey(): Promise<string> {
    const name = randomUUID();
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    this.keys.set(name, pair);
    return name;
  }

  async key(name: string): Promise<CryptoKeyPair> {
    const pair = this.keys.get(name);
    if (pair === undefined) throw new TypeError(`There is no key ${name}`);
    return pair;
  }

  async removeKey(name: string): Promise<void> {
    this.keys.delete(name);
  }
}
