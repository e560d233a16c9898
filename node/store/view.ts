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
import { type CheckedDatabase, Snapshot } from "./checked-database.ts";
import { readChunk, readState } from "./content/states.ts";
import * as keys from "./keys.ts";
import { decode } from "./records/codec.ts";
import { BLOCK_ROOTS, CHUNK, readEvent } from "./records/records.ts";
import { corrupt } from "./store-error.ts";

/** Events per page: one event that changes 512 chunks has 131 kB. */
const EVENTS_AT_ONCE = 100;

/**
 * The index as of one commit, unaffected by later ones, so that everything one answer reads is consistent.
 * @throws StoreError STORE_CORRUPT, STORE_IO; each method does.
 */
export class StoreView extends Snapshot implements StateReader {
  readonly #registries: Registries;

  constructor(database: CheckedDatabase, registries: Registries) {
    super(database);
    this.#registries = registries;
  }

  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return readState(this, kind, id);
  }

  chunk(list: Hash, index: number): StatusChunk | undefined {
    return readChunk(this, list, index);
  }

  /** All subjects of a kind. */
  async ids(kind: SubjectKind): Promise<Hex[]> {
    const ids: Hex[] = [];
    for await (const [key] of this.entries(keys.statesOf(kind))) ids.push(keys.stateId(key));
    return ids;
  }

  /** The chunks of a list that were ever written, by index. */
  async chunks(list: Hash): Promise<Map<number, StatusChunk>> {
    const entries = await this.all(keys.chunksOf(list));
    return new Map(entries.map(([key, digits]) => [keys.chunkIndex(key), decode(CHUNK, digits)]));
  }

  /** The newest block with an event, at or below a number. */
  async lastChange(upTo: number): Promise<EventBlock | undefined> {
    const [entry] = await this.all({ ...keys.historyRange({ to: upTo }), reverse: true, limit: 1 });
    if (entry === undefined) return undefined;
    const { log, time } = readEvent(...entry);
    return { number: log.blockNumber, hash: log.blockHash, time };
  }

  /** A part of the history in pages, in the chain's order or newest first. Memory does not grow with its length. */
  async *history(range: HistoryRange): AsyncGenerator<RegistryEvent[], void, void> {
    const scan = { ...keys.historyRange(range), reverse: range.newestFirst === true };
    for await (const page of this.pages(scan, EVENTS_AT_ONCE)) {
      if (range.subject === undefined) yield page.map(([key, digits]) => this.#event(key, digits));
      else {
        const own = page.map(([key]) => keys.eventKey(key));
        const stored = await this.getMany(own);
        yield own.map((key, at) => this.#event(key, stored[at]));
      }
    }
  }

  /** The event at a place. */
  eventAt({ block, logIndex }: Place): RegistryEvent | undefined {
    const key = keys.historyKey({ blockNumber: block, logIndex });
    const digits = this.get(key);
    return digits === undefined ? undefined : this.#event(key, digits);
  }

  /**
   * The registries' roots as of a block: those after the newest block with events at or below it.
   * @returns `undefined` when no block with events is at or below it.
   */
  async rootsAt(block: number): Promise<Roots | undefined> {
    const upTo = { gte: keys.ROOTS.gte, lt: keys.rootsKey(block + 1), reverse: true, limit: 1 };
    const [entry] = await this.all(upTo);
    return entry && decode(BLOCK_ROOTS, entry[1]);
  }

  #event(key: string, digits: string | undefined): RegistryEvent {
    if (digits === undefined) throw corrupt(`${keys.describeKey(key)} is missing`);
    const { log, time } = readEvent(key, digits);
    const event = decodeRegistryLog(log, time, this.#registries);
    if (event === undefined) throw corrupt(`${keys.describeKey(key)} is no event of a subject`);
    return event;
  }
}
