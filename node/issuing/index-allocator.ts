import { randomInt } from "node:crypto";
import { crc32 } from "node:zlib";
import { Level } from "level";
import { CodedError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";

/** Maximum number of indexes per call. */
export const MAX_AT_ONCE = 100_000;

/**
 * - `ALLOCATOR_LOCKED`: another process has the same folder open;
 * - `ALLOCATOR_OTHER`: the folder belongs to another network, version or program, or has another size for the list;
 * - `ALLOCATOR_FULL`: the lists have too few free indexes;
 * - `ALLOCATOR_COUNT`: the count is not a whole number from 1 to {@link MAX_AT_ONCE};
 * - `ALLOCATOR_DAMAGED`: the folder holds a value that was not written so;
 * - `ALLOCATOR_IO`: the folder can't be read or written.
 */
export class AllocatorError extends CodedError<
  "ALLOCATOR_LOCKED" | "ALLOCATOR_OTHER" | "ALLOCATOR_FULL" | "ALLOCATOR_COUNT" | "ALLOCATOR_DAMAGED" | "ALLOCATOR_IO"
> {}

/** A list from which indexes are allocated. */
export interface OpenList {
  readonly list: Hash;
  /** Number of its indexes. */
  readonly size: number;
}

/** An index that was never allocated before. */
export interface Allocation {
  readonly list: Hash;
  readonly index: number;
}

/** The part of LevelDB that is used, which `memory-level` has, too. */
export type AllocatorDatabase = Pick<Level<string, string>, "open" | "get" | "keys" | "batch" | "close">;

const META = "meta";
const VERSION = 1;

/**
 * Allocates the indexes of an issuer's status lists. Each index is allocated once, with equal probability among the free
 * ones, so that an index does not reveal when a credential was issued. A list is filled before the next one is used, so that
 * many holders share each list.
 *
 * This is an incremental Fisher-Yates shuffle, with indexes as cards. The disk has the number of dealt cards, and the cards
 * that were moved to another place. A card is dealt only after that is on disk, so that neither a crash nor a power cut can
 * deal it twice. Each value ends with a checksum, because an altered card would be the index of another credential.
 */
export class IndexAllocator {
  readonly #database: AllocatorDatabase;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Opens a folder, which is created when missing, exclusively for this process.
   *
   * @param network genesis hash of the network of the lists.
   * @throws AllocatorError
   */
  static async open(directory: string, network: Hash): Promise<IndexAllocator> {
    return IndexAllocator.over(new Level<string, string>(directory), network);
  }

  /** The same with a given database. */
  static async over(database: AllocatorDatabase, network: Hash): Promise<IndexAllocator> {
    try {
      await database.open();
    } catch (cause) {
      throw openError(cause);
    }
    const allocator = new IndexAllocator(database);
    try {
      await allocator.#expectNetwork(network);
      return allocator;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  private constructor(database: AllocatorDatabase) {
    this.#database = database;
  }

  /**
   * Allocates indexes of the first list that has free ones, and of the next once it is full. Either all are allocated, or
   * none.
   *
   * @param lists in the order in which they are filled.
   * @throws AllocatorError `ALLOCATOR_COUNT`, `ALLOCATOR_FULL`, `ALLOCATOR_OTHER`, `ALLOCATOR_DAMAGED`, `ALLOCATOR_IO`
   */
  async allocate(lists: readonly OpenList[], count: number): Promise<Allocation[]> {
    if (!Number.isSafeInteger(count) || count < 1 || count > MAX_AT_ONCE) {
      throw new AllocatorError("ALLOCATOR_COUNT", `Got ${count} indexes to give out, wanted 1 to ${MAX_AT_ONCE}`);
    }
    // Calls run one after another, because each depends on the state that the one before wrote.
    const given = this.#last.then(() => this.#deal(lists, count));
    this.#last = given.catch(() => undefined);
    return given;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#database.close();
  }

  async #deal(lists: readonly OpenList[], count: number): Promise<Allocation[]> {
    const given: Allocation[] = [];
    const changed = new Map<string, string | null>();
    const read = async (key: string) => (changed.has(key) ? changed.get(key) : await this.#read(key)) ?? undefined;
    for (const { list, size } of lists) {
      let dealt = readCount(await read(`n${list}`), list, size);
      while (dealt < size && given.length < count) {
        const at = randomInt(dealt, size);
        const card = (place: number) => read(cardKey(list, place));
        const [drawn, next] = [await card(at), await card(dealt)];
        given.push({ list, index: Number(drawn ?? at) });
        // The card on top replaces the drawn one; the place on top is never read again.
        if (at !== dealt) changed.set(cardKey(list, at), next ?? String(dealt));
        changed.set(cardKey(list, dealt), null);
        dealt++;
      }
      changed.set(`n${list}`, `${dealt} ${size}`);
      if (given.length === count) break;
    }
    if (given.length < count) {
      const detail = `The lists have room for ${given.length} more, wanted ${count}: create the next list and name it too`;
      throw new AllocatorError("ALLOCATOR_FULL", detail);
    }
    await this.#write([...changed].map(([key, value]) => (value === null ? ["del", key] : ["put", key, value])));
    return given;
  }

  async #expectNetwork(network: Hash): Promise<void> {
    const wanted = JSON.stringify({ version: VERSION, network });
    const found = await this.#read(META);
    if (found === wanted) return;
    if (found === undefined) {
      const [first] = await this.#database.keys({ limit: 1 }).all();
      if (first === undefined) return this.#write([["put", META, wanted]]);
      const what = "The folder is the database of another program, such as a node's index";
      throw new AllocatorError("ALLOCATOR_OTHER", `${what}: name an empty folder, or the one used before`);
    }
    throw new AllocatorError("ALLOCATOR_OTHER", `The folder is of ${found}, wanted ${wanted}: name another folder`);
  }

  async #read(key: string): Promise<string | undefined> {
    try {
      const stored = await this.#database.get(key);
      return stored === undefined ? undefined : withoutChecksum(key, stored);
    } catch (cause) {
      if (cause instanceof AllocatorError) throw cause;
      const message = `Can't read the indexes that were given out: ${(cause as Error).message}`;
      throw new AllocatorError("ALLOCATOR_IO", message, { cause });
    }
  }

  async #write(changes: readonly (["put", string, string] | ["del", string])[]): Promise<void> {
    const batch = changes.map(([type, key, value]) =>
      type === "put" ? { type, key, value: withChecksum(key, value as string) } : { type, key },
    );
    try {
      await this.#database.batch(batch, { sync: true } as object);
    } catch (cause) {
      throw new AllocatorError(
        "ALLOCATOR_IO",
        `Can't write the indexes that were given out: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
  }
}

function cardKey(list: Hash, place: number): string {
  return `c${list}${place.toString(16).padStart(6, "0")}`;
}

function withChecksum(key: string, value: string): string {
  return `${value}~${crc32(key + value).toString(16)}`;
}

/** Values of earlier versions have no checksum. */
function withoutChecksum(key: string, stored: string): string {
  const [value = "", checksum] = stored.split("~");
  if (checksum === undefined || stored === withChecksum(key, value)) return value;
  const advice = "allocate from new lists, with another folder, because an index might be given out twice";
  throw new AllocatorError(
    "ALLOCATOR_DAMAGED",
    `The folder is damaged: ${key} is ${stored}. Check the disk, and ${advice}`,
  );
}

function readCount(text: string | undefined, list: Hash, size: number): number {
  if (text === undefined) return 0;
  const [dealt, known] = text.split(" ").map(Number);
  if (known === size && dealt !== undefined && dealt <= size) return dealt;
  throw new AllocatorError(
    "ALLOCATOR_OTHER",
    `List ${list} had another size, or the folder is damaged: got ${text}, wanted ${size}`,
  );
}

function openError(cause: unknown): AllocatorError {
  // When opening fails, the reason is in `cause`.
  const { code, message } = ((cause as Error).cause ?? cause) as Error & { code?: unknown };
  if (code === "LEVEL_LOCKED") {
    return new AllocatorError("ALLOCATOR_LOCKED", "Another process gives out indexes from this folder: let it finish", {
      cause,
    });
  }
  return new AllocatorError("ALLOCATOR_IO", `Can't open the folder: ${message}`, { cause });
}
