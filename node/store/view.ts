import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import {
  decodeRegistryLog,
  type RegistryEvent,
  type StateOf,
  type StateReader,
  type SubjectKind,
} from "../../resolver/registry-event.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import type { EventBlock, HistoryRange, Place } from "../index/live-index.ts";
import type { Registries, Roots } from "../index/roots.ts";
import { readStateOf } from "./content/states.ts";
import { allOf, type Database, type Scan, type Snapshot } from "./database.ts";
import * as keys from "./keys.ts";
import { readChunk as readChunkRecord, readEvent, readRoots, unsealed } from "./records/records.ts";
import { corrupt, storeError } from "./store-error.ts";

/** Events per page: one event that changes 512 chunks has 131 kB. */
const EVENTS_AT_ONCE = 100;

/** The index as of one commit, unaffected by later ones, so that everything one answer reads is consistent. */
export class StoreView implements StateReader, AsyncDisposable {
  readonly #database: Database;
  readonly #registries: Registries;
  readonly #snapshot: Snapshot;
  /** Number of long reads that keep the snapshot open: a closing snapshot rejects new reads. */
  #holders = 0;
  #closing = false;

  constructor(database: Database, registries: Registries) {
    this.#database = database;
    this.#registries = registries;
    this.#snapshot = database.snapshot();
  }

  /** @throws StoreError STORE_CORRUPT */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return readState(this.#database, kind, id, this.#snapshot);
  }

  /** @throws StoreError STORE_CORRUPT */
  chunk(list: Hash, index: number): StatusChunk | undefined {
    return readChunk(this.#database, list, index, this.#snapshot);
  }

  /**
   * All subjects of a kind.
   * @throws StoreError STORE_CORRUPT
   */
  ids(kind: SubjectKind): Promise<Hex[]> {
    return withStoreErrors(async () => {
      const entries = await this.#scan(keys.statesOf(kind));
      return entries.flatMap(([key]) => keys.stateSubject(key)?.id ?? []);
    });
  }

  /**
   * The chunks of a list that were ever written, by index.
   * @throws StoreError STORE_CORRUPT
   */
  chunks(list: Hash): Promise<Map<number, StatusChunk>> {
    return withStoreErrors(async () => {
      const entries = await this.#scan(keys.chunksOf(list));
      return new Map(entries.map(([key, stored]) => [keys.chunkIndex(key), readChunkRecord(unsealed(key, stored))]));
    });
  }

  /**
   * The newest block with an event, at or below a number.
   * @throws StoreError STORE_CORRUPT
   */
  lastChange(upTo: number): Promise<EventBlock | undefined> {
    return withStoreErrors(async () => {
      const before = keys.historyKey({ blockNumber: upTo + 1, logIndex: 0 });
      const [entry] = await this.#scan({ gte: keys.HISTORY.gte, lt: before, reverse: true, limit: 1 });
      if (entry === undefined) return undefined;
      const [key, stored] = entry;
      const { log, time } = readEvent(key, unsealed(key, stored));
      return { number: log.blockNumber, hash: log.blockHash, time };
    });
  }

  /**
   * A part of the history in pages, in the chain's order or newest first. Memory does not grow with its length.
   * @throws StoreError STORE_CORRUPT
   */
  async *history(range: HistoryRange): AsyncGenerator<RegistryEvent[], void, void> {
    const reverse = range.newestFirst === true;
    await using entries = this.#database.iterator({ ...keys.historyRange(range), reverse, snapshot: this.#snapshot });
    for (;;) {
      const page = await withStoreErrors(async () => {
        const found = await entries.nextv(EVENTS_AT_ONCE);
        if (range.subject === undefined) return found.map(([key, stored]) => this.#event(key, stored));
        const own = found.map(([key]) => keys.eventKey(key));
        const stored = await this.#database.getMany(own, { snapshot: this.#snapshot });
        return own.map((key, at) => this.#event(key, stored[at]));
      });
      if (page.length === 0) return;
      yield page;
    }
  }

  /**
   * The event at a place.
   * @throws StoreError STORE_CORRUPT
   */
  eventAt({ block, logIndex }: Place): RegistryEvent | undefined {
    const key = keys.historyKey({ blockNumber: block, logIndex });
    const stored = read(this.#database, key, this.#snapshot);
    return stored === undefined ? undefined : this.#event(key, stored);
  }

  /**
   * The registries' roots as of a block: those after the newest block with events at or below it.
   * @returns `undefined` when no block with events is at or below it.
   * @throws StoreError STORE_CORRUPT
   */
  rootsAt(block: number): Promise<Roots | undefined> {
    return withStoreErrors(async () => {
      const upTo = { gte: keys.ROOTS.gte, lt: keys.rootsKey(block + 1), reverse: true, limit: 1 };
      const [entry] = await this.#scan(upTo);
      return entry && readRoots(unsealed(...entry));
    });
  }

  /** Pins the snapshot: `close` is deferred until the last `release`. */
  hold(): void {
    this.#holders++;
  }

  async release(): Promise<void> {
    if (--this.#holders === 0 && this.#closing) await this.#snapshot.close();
  }

  /** Waits for reads that are under way. While the snapshot is held, the last `release` closes it instead. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#holders === 0) await this.#snapshot.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #scan(range: Scan): Promise<[key: string, stored: string][]> {
    return allOf(this.#database, { ...range, snapshot: this.#snapshot });
  }

  #event(key: string, stored: string | undefined): RegistryEvent {
    if (stored === undefined) throw corrupt(`${keys.describeKey(key)} is missing`);
    const { log, time } = readEvent(key, unsealed(key, stored));
    const event = decodeRegistryLog(log, time, this.#registries);
    if (event === undefined) throw corrupt(`${keys.describeKey(key)} is no event of a subject`);
    return event;
  }
}

/**
 * The state of a subject, newest or as of a snapshot.
 * @throws StoreError STORE_CORRUPT
 */
export function readState<K extends SubjectKind>(
  database: Database,
  kind: K,
  id: Hex,
  snapshot?: Snapshot,
): StateOf<K> | undefined {
  return readStateOf(kind, id, (key) => {
    const stored = read(database, key, snapshot);
    return stored === undefined ? undefined : unsealed(key, stored);
  });
}

/**
 * A chunk of a status list, newest or as of a snapshot.
 * @throws StoreError STORE_CORRUPT
 */
export function readChunk(database: Database, list: Hash, index: number, snapshot?: Snapshot): StatusChunk | undefined {
  const key = keys.chunkKey(list, index);
  const stored = read(database, key, snapshot);
  return stored === undefined ? undefined : readChunkRecord(unsealed(key, stored));
}

/** Runs a read, and throws errors of LevelDB as a StoreError. */
async function withStoreErrors<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw storeError(error);
  }
}

function read(database: Database, key: string, snapshot: Snapshot | undefined): string | undefined {
  try {
    return database.getSync(key, snapshot && { snapshot });
  } catch (error) {
    throw storeError(error);
  }
}
