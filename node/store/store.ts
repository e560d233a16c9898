import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { Knowledge, StateOf, Subject, SubjectKind } from "../../resolver/registry-event.ts";
import type { StatusWord } from "../../resolver/status/apply-status-event.ts";
import type { Folded } from "../index/fold.ts";
import { type BlockRef, RecentBlocks } from "../index/recent-blocks.ts";
import { type Registries, type Roots, registriesOf, seedRoots } from "../index/roots.ts";
import { contentOf, presentOf } from "./content/content.ts";
import { type AsOfBlock, type ContentExport, exportContent } from "./content/export.ts";
import { presentAfter } from "./content/present.ts";
import { type ContentHash, contentHash, subjects, verifyContent } from "./content/scan.ts";
import type { Database } from "./database.ts";
import * as keys from "./keys.ts";
import { dropIndex, openIndex, type Tip } from "./open.ts";
import { storeError } from "./store-error.ts";
import { combineUndo, EMPTY, type Sum, undoRecord, type Writes } from "./undo.ts";
import { readState, readWord, StoreView } from "./view.ts";

/** Blocks without events that are known in memory only, at most. */
const SAVE_EVERY = 32;

/** What one block, or a range of blocks up to it, changes. */
export interface Commit extends Folded {
  /** `range`: of blocks that stay forever, so nothing is kept to undo them. */
  readonly kind: "block" | "range";
  readonly block: BlockRef;
  readonly finalized: number;
  readonly verified: boolean;
  /** Number of the lowest block to remember. */
  readonly floor: number;
}

/**
 * The index on disk. Each commit is one atomic batch, so that at any instant the disk holds the index as of some block.
 * Blocks without events may be known in memory only; after a crash they are read again.
 *
 * One commit or undo at a time. After an error what is on disk still holds, and can be read; when a write failed, nothing
 * is written any more before the index is {@link reopen opened again}.
 */
export class IndexStore implements Knowledge {
  #database: Database;
  readonly #network: NetworkDescriptor;
  readonly #registries: Registries;
  readonly #seeds: Roots;
  #tip: Tip | undefined;
  #recent: RecentBlocks;
  /** The recent blocks as they are on disk. */
  #saved: RecentBlocks;
  /** Of a write: LevelDB's journal may end in half a record then, and what comes after it in the journal is lost. */
  #failure: unknown;

  /**
   * Opens the index of a network in a database.
   * @throws StoreError; NetworkMismatchError when the database holds another network's index.
   */
  static async open(database: Database, network: NetworkDescriptor): Promise<IndexStore> {
    const { tip, recent } = await openIndex(database, network);
    return new IndexStore(database, network, tip, recent);
  }

  private constructor(database: Database, network: NetworkDescriptor, tip: Tip | undefined, recent: RecentBlocks) {
    this.#database = database;
    this.#network = network;
    this.#registries = registriesOf(network);
    this.#seeds = seedRoots(network);
    this.#tip = tip;
    this.#recent = recent;
    this.#saved = recent;
  }

  /** The newest block, served or not; `undefined` while the index is empty. */
  get tip(): Tip | undefined {
    return this.#tip;
  }

  get recent(): RecentBlocks {
    return this.#recent;
  }

  /** The registries' roots as of the tip. */
  get roots(): Roots {
    return this.#tip?.roots ?? this.#seeds;
  }

  /** The registries' roots as of a block up to the tip. */
  rootsAt(block: number): Promise<Roots> {
    return this.#look(async (view) => (await view.rootsAt(block)) ?? this.#seeds);
  }

  /** The logs that are held of a block, in order. */
  logsIn(block: number): Promise<Log[]> {
    return this.#look(async (view) => {
      const logs: Log[] = [];
      for await (const page of view.history({ from: block, to: block }))
        logs.push(...page.map(({ event }) => event.log));
      return logs;
    });
  }

  /** The newest state of a subject, served or not. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return readState(this.#database, kind, id);
  }

  /** What a list's word holds, served or not. */
  word(list: Hash, index: number): StatusWord | undefined {
    return readWord(this.#database, list, index);
  }

  view(): StoreView {
    return new StoreView(this.#database, this.#registries);
  }

  /** @throws StoreError */
  async commit(commit: Commit): Promise<void> {
    const { kind, block, events, states, replaced, roots, rootsByBlock, finalized, verified, floor } = commit;
    const before = this.#tip;
    const { subjects, words, events: known, blocks } = before ?? EMPTY;
    const sum: Sum = {
      subjects: subjects + states.length - replaced.states.length,
      words: words + commit.words.length - replaced.words.length,
      events: known + events.length,
      blocks: blocks + rootsByBlock.size,
      roots,
    };
    const written = [...presentOf(commit)];
    const present = presentAfter(before?.present ?? 0, written, presentOf(replaced));
    const tip: Tip = { ...block, finalized, verified, ...sum, present };
    const recent = kind === "range" ? new RecentBlocks([block]) : this.#recent.with(block, floor);
    const unsaved = block.number - (this.#saved.tip?.number ?? -1);
    if (kind === "range" || events.length > 0 || verified !== before?.verified || unsaved >= SAVE_EVERY) {
      let writes: Writes = contentOf(commit, written);
      if (kind === "block" && events.length > 0 && recent.floor !== recent.tip) {
        const totals = {
          sum: { subjects, words, events: known, blocks, roots: this.roots },
          present: before?.present ?? 0,
        };
        const content = [...writes];
        const undo = undoRecord(this.#database, content, totals);
        writes = [...content, [keys.undoKey(block.number), JSON.stringify(undo)]];
      }
      // What is not served yet can be read again; what is served outlasts a power cut, and so does all before it.
      await this.#save({ writes, tip, recent, sync: verified && (kind === "range" || events.length > 0) });
    }
    this.#tip = tip;
    this.#recent = recent;
  }

  /**
   * Says whether the roots are equal to the chain's at the tip, after all.
   * @throws StoreError
   */
  async mark(verified: boolean): Promise<void> {
    if (this.#tip === undefined || this.#tip.verified === verified) return;
    const tip: Tip = { ...this.#tip, verified };
    await this.#save({ writes: [], tip, recent: this.#recent, sync: true });
    this.#tip = tip;
  }

  /**
   * Goes back to a block that is held, at which the roots are equal to the chain's.
   *
   * @param expected Throws unless these are the roots as of that block; nothing is undone then.
   * @returns the subjects whose state changed.
   * @throws StoreError
   */
  async undo(ancestor: BlockRef, expected: (roots: Roots) => void): Promise<Subject[]> {
    const now = this.#tip;
    if (now === undefined) return [];
    const { writes, sum, present } = combineUndo(this.#database, { above: ancestor.number, now });
    expected(sum.roots);
    const finalized = Math.min(now.finalized, ancestor.number);
    const tip: Tip = { ...ancestor, ...sum, finalized, verified: true, present };
    const recent = this.#recent.upTo(ancestor.number);
    await this.#save({ writes, tip, recent, sync: true });
    this.#tip = tip;
    this.#recent = recent;
    return [...writes.keys()].map(keys.stateSubject).filter((subject) => subject !== undefined);
  }

  /** All subjects that have a state, served or not. */
  subjects(): Promise<Subject[]> {
    return subjects(this.#database);
  }

  /** Removes all that was indexed; whose data this is stays. A crash in the middle is finished when opened again. */
  async drop(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await dropIndex(this.#database);
    this.#tip = undefined;
    this.#recent = new RecentBlocks();
    this.#saved = this.#recent;
  }

  /**
   * See {@link contentHash}. What is committed after this was called is left out.
   * @param asOf number of a recent block; else the newest.
   */
  contentHash(asOf?: number): Promise<ContentHash | undefined> {
    return contentHash(this.#database, asOf);
  }

  /** See {@link exportContent}. */
  export(asOf: AsOfBlock): Promise<ContentExport> {
    return exportContent(this.#database, asOf);
  }

  /** See {@link verifyContent}. */
  verify(): Promise<void> {
    return verifyContent(this.#database, this.#tip);
  }

  /** Bytes that the database holds in memory. */
  memory(): number {
    return this.#database.memory();
  }

  /**
   * Closes the database, and goes on with what another one holds, which is read through.
   * @param open gives that one, once this one is closed.
   * @throws StoreError, NetworkMismatchError; there is nothing to be read then until it is called again.
   */
  async reopen(open: () => Promise<Database>): Promise<void> {
    await this.#database.close();
    this.#database = await open();
    const { tip, recent } = await openIndex(this.#database, this.#network);
    await verifyContent(this.#database, tip);
    this.#tip = tip;
    this.#recent = recent;
    this.#saved = recent;
    this.#failure = undefined;
  }

  /** Writes down what is known in memory only, and closes the database. */
  async close(): Promise<void> {
    try {
      const tip = this.#tip;
      if (tip && this.#saved !== this.#recent && this.#failure === undefined) {
        await this.#save({ writes: [], tip, recent: this.#recent, sync: true });
      }
    } finally {
      await this.#database.close();
    }
  }

  async #look<T>(read: (view: StoreView) => Promise<T>): Promise<T> {
    const view = this.view();
    try {
      return await read(view);
    } finally {
      await view.close();
    }
  }

  async #save(change: { writes: Writes; tip: Tip; recent: RecentBlocks; sync: boolean }): Promise<void> {
    const { writes, tip, recent, sync } = change;
    if (this.#failure !== undefined) throw this.#failure;
    const batch = this.#database.batch();
    for (const { number, hash } of this.#saved) {
      if (recent.at(number)?.hash === hash) continue;
      batch.del(keys.recentKey(number));
      batch.del(keys.undoKey(number));
    }
    for (const block of recent) {
      const key = keys.recentKey(block.number);
      if (this.#saved.at(block.number)?.hash !== block.hash) batch.put(key, keys.encode(key, JSON.stringify(block)));
    }
    for (const [key, json] of writes) {
      if (json === null) batch.del(key);
      else batch.put(key, keys.encode(key, json));
    }
    batch.put(keys.TIP_KEY, keys.encode(keys.TIP_KEY, JSON.stringify(tip)));
    try {
      await batch.write({ sync });
    } catch (error) {
      this.#failure = storeError(error);
      throw this.#failure;
    }
    this.#saved = recent;
  }
}
