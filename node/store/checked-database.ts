import { crc32 } from "node:zlib";
import { type Database, type Snapshot as DatabaseSnapshot, type Entries, openLevel, type Scan } from "./database.ts";
import { META_KEY, tagOfKey } from "./keys.ts";
import { corrupt, storeError, withStoreErrors } from "./store-error.ts";

/** A key and its value, both as hex digits. */
export type Entry = readonly [key: string, digits: string];

/** Digits to write for each key; `null` removes it. */
export type Writes = Iterable<readonly [key: string, digits: string | null]>;

/** Entries per page: a page is checked in one turn of the event loop, during which the node answers no request. */
const PAGE = 250;

/**
 * Reads an index: the checksum of each value is verified, and an error of LevelDB is thrown as a StoreError.
 * @throws StoreError STORE_CORRUPT, STORE_IO; each method does.
 */
export class Reader {
  readonly #database: Database;
  readonly #snapshot: { readonly snapshot?: DatabaseSnapshot };

  /** @param snapshot otherwise the newest content is read. */
  constructor(database: Database, snapshot?: DatabaseSnapshot) {
    this.#database = database;
    this.#snapshot = snapshot ? { snapshot } : {};
  }

  get(key: string): string | undefined {
    try {
      const stored = this.#database.getSync(key, this.#snapshot);
      return stored === undefined ? undefined : withoutChecksum(key, stored);
    } catch (error) {
      throw storeError(error);
    }
  }

  /** The values at some keys, in their order. */
  getMany(keys: string[]): Promise<(string | undefined)[]> {
    return withStoreErrors(async () => {
      const stored = await this.#database.getMany(keys, this.#snapshot);
      return stored.map((value, at) => value && withoutChecksum(keys[at] ?? "", value));
    });
  }

  /** All entries of a scan, in memory: only for scans that find few. */
  all(scan: Scan): Promise<Entry[]> {
    return withStoreErrors(async () => (await this.#scan(scan).all()).map(checked));
  }

  /** All entries of a scan in pages, because one `await` for each entry would take as long as the reading itself. */
  async *pages(scan: Scan, size = PAGE): AsyncGenerator<Entry[], void, void> {
    await using found = this.#scan(scan);
    for (;;) {
      const page = await withStoreErrors(async () => (await found.nextv(size)).map(checked));
      if (page.length === 0) return;
      yield page;
    }
  }

  /** Whether there is no entry, neither of an index nor of anything else. */
  isEmpty(): Promise<boolean> {
    return withStoreErrors(async () => (await this.#scan({ limit: 1 }).all()).length === 0);
  }

  async *entries(scan: Scan): AsyncGenerator<Entry, void, void> {
    for await (const page of this.pages(scan)) yield* page;
  }

  #scan(scan: Scan): Entries {
    return this.#database.iterator({ ...scan, ...this.#snapshot });
  }
}

/** The database as of one commit, unaffected by later ones. */
export class Snapshot extends Reader implements AsyncDisposable {
  readonly #snapshot: DatabaseSnapshot;
  #holders = 1;

  constructor({ database }: CheckedDatabase) {
    const snapshot = database.snapshot();
    super(database, snapshot);
    this.#snapshot = snapshot;
  }

  /** Adds a holder. Each holder disposes of the snapshot once. */
  hold(): this {
    this.#holders++;
    return this;
  }

  /** The last holder's call waits for reads that are under way: a snapshot that is closing rejects new ones. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (--this.#holders === 0) await this.#snapshot.close();
  }
}

/** A database whose values begin with a checksum, which reveals what a disk altered. After a failed write it is only read. */
export class CheckedDatabase extends Reader implements AsyncDisposable {
  readonly database: Database;
  /** Why nothing more is written. */
  #refusal: unknown;

  /** Opens a LevelDB, see {@link openLevel}. */
  static async open(directory: string): Promise<CheckedDatabase> {
    return new CheckedDatabase(await openLevel(directory));
  }

  constructor(database: Database) {
    super(database);
    this.database = database;
  }

  /**
   * Writes entries atomically. After a failed write LevelDB's journal may end in half a record, and whatever is appended
   * behind that is lost: all later writes throw the same error.
   * @param sync whether the entries have to survive a power cut once this is done.
   */
  write(entries: Writes, options: { readonly sync: boolean }): Promise<void> {
    return this.#change(() => {
      const batch = this.database.batch();
      for (const [key, digits] of entries) {
        if (digits === null) batch.del(key);
        else batch.put(key, withChecksum(key, digits));
      }
      return batch.write(options);
    });
  }

  /** Removes all entries, damaged ones included, but one. Not atomic, and not synced. */
  removeAllBut(key: string): Promise<void> {
    return this.#change(async () => {
      await this.database.clear({ lt: key });
      await this.database.clear({ gt: key });
    });
  }

  /** Makes all later writes throw an error. */
  refuseWrites(error: unknown): void {
    this.#refusal = error;
  }

  get refusesWrites(): boolean {
    return this.#refusal !== undefined;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #change(change: () => Promise<void>): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    await withStoreErrors(change).catch((error: unknown) => {
      this.#refusal = error;
      throw error;
    });
  }
}

/** A value as it is stored: its checksum, then the value. */
export function withChecksum(key: string, digits: string): Buffer {
  if (key === META_KEY) return Buffer.from(textChecksum(digits) + digits, "hex");
  const bytes = Buffer.allocUnsafe(CHECKSUM + digits.length / 2);
  bytes.writeUInt32BE(crc32(digits, crc32(key)));
  bytes.write(digits, CHECKSUM, "hex");
  return bytes;
}

/**
 * The value without its checksum, which is verified.
 * @param stored as hex digits.
 * @throws StoreError STORE_CORRUPT
 */
export function withoutChecksum(key: string, stored: string): string {
  const start = key === META_KEY ? 4 * CHECKSUM : 2 * CHECKSUM;
  const [checksum, digits] = [stored.slice(0, start), stored.slice(start)];
  const isWhole =
    key === META_KEY ? checksum === textChecksum(digits) : Number.parseInt(checksum, 16) === crc32(digits, crc32(key));
  // Errors are logged, and the whole key could reveal which identity was asked for: the message has only the prefix.
  if (!isWhole) throw corrupt(`a value under "${tagOfKey(key)}" is altered`);
  return digits;
}

/** Bytes of a CRC-32. */
const CHECKSUM = 4;

/** Every schema version writes the record that says whose data it is (`lm`) in the same way: with a checksum as text. */
function textChecksum(digits: string): string {
  const checksum = crc32(Buffer.from(META_KEY + digits, "hex"));
  return Buffer.from(checksum.toString(16).padStart(8, "0")).toString("hex");
}

function checked([key, stored]: Entry): Entry {
  return [key, withoutChecksum(key, stored)];
}
