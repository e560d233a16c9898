import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { StateOf, StateReader, Subject, SubjectKind } from "../../resolver/registry-event.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import { type BlockRef, RecentBlocks } from "../index/recent-blocks.ts";
import { type Roots, registriesOf, seedRoots } from "../index/roots.ts";
import { CheckedDatabase, type Writes } from "./checked-database.ts";
import { type ContentHash, contentHashOf } from "./content/checksums.ts";
import { type Commit, contentAfter } from "./content/content-after.ts";
import { type Export, type ExportedPart, exportPart } from "./content/export.ts";
import { verifyContent } from "./content/scan.ts";
import { readChunk, readState } from "./content/states.ts";
import { undoRecord, undoWrites } from "./content/undo.ts";
import type { Database } from "./database.ts";
import * as keys from "./keys.ts";
import { claim } from "./meta.ts";
import { RECENT_BLOCK, type RecentBlock, ZERO_TOTALS } from "./records/recent-block.ts";
import { corrupt, StoreError } from "./store-error.ts";
import { readRecentBlocks, readTip, type StoredTip, type Tip, tipWrites } from "./tip.ts";
import { StoreView } from "./view.ts";

/**
 * The index on disk. Each commit is one atomic batch, so that at any instant the disk holds the index as of some block.
 *
 * Only one commit or undo may run at a time. After an error the index on disk is still readable. After a failed write
 * nothing is written until the index is {@link reopen reopened}.
 */
export class IndexStore implements StateReader {
  readonly #network: NetworkDescriptor;
  #database: CheckedDatabase;
  #tip: Tip | undefined;
  #recent = new RecentBlocks<RecentBlock>();
  #isWhole = true;

  /**
   * Opens the index of a network in a database.
   * @throws StoreError; NetworkMismatchError when the database holds another network's index.
   */
  static async open(database: Database, network: NetworkDescriptor): Promise<IndexStore> {
    const store = new IndexStore(database, network);
    await store.#load();
    return store;
  }

  private constructor(database: Database, network: NetworkDescriptor) {
    this.#network = network;
    this.#database = new CheckedDatabase(database);
  }

  /**
   * Whether the whole content was checked: by reading it through, or because the process that wrote it closed it properly.
   * Otherwise it has to be read through before it is used.
   */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** The newest block, even when it is not served yet; `undefined` while the index is empty. */
  get tip(): Tip | undefined {
    return this.#tip;
  }

  get recent(): RecentBlocks<RecentBlock> {
    return this.#recent;
  }

  /** The registries' roots as of the tip. */
  get roots(): Roots {
    return this.#tip?.totals.roots ?? seedRoots(this.#network);
  }

  /** The newest state of a subject, even when its block is not served yet. */
  state<K extends SubjectKind>(kind: K, id: Hex): StateOf<K> | undefined {
    return readState(this.#database, kind, id);
  }

  /** The newest chunk of a list, even when its block is not served yet. */
  chunk(list: Hash, index: number): StatusChunk | undefined {
    return readChunk(this.#database, list, index);
  }

  view(): StoreView {
    return new StoreView(this.#database, registriesOf(this.#network));
  }

  /** @throws StoreError */
  async commit(commit: Commit): Promise<void> {
    const { block, events, finalized, verified, floor } = commit;
    const before = this.#tip;
    const was = before?.totals ?? { ...ZERO_TOTALS, roots: this.roots };
    const { changes, totals } = contentAfter(was, commit);
    const newest = { ...block, totals };
    const recent = this.#recent.with(newest, floor);
    const writes: [key: string, digits: string | null][] = changes.map(({ key, after }) => [key, after]);
    writes.push([keys.recentKey(block.number), RECENT_BLOCK.write(newest)]);
    if (events.length > 0 && recent.floor !== recent.tip) {
      writes.push([keys.undoKey(block.number), undoRecord(changes)]);
    }
    // A synced write also makes all earlier writes survive a power cut. What was not served yet can be read again.
    const hasNews = events.length > 0 || verified !== before?.verified;
    await this.#write(writes, { ...newest, finalized, verified }, recent, verified && hasNews);
  }

  /** Records at a later time whether the roots at the tip are equal to the chain's. @throws StoreError */
  async mark(verified: boolean): Promise<void> {
    if (this.#tip === undefined || this.#tip.verified === verified) return;
    await this.#write([], { ...this.#tip, verified }, this.#recent);
  }

  /**
   * Goes back to a block of the undo window at which the roots are equal to the chain's.
   *
   * @param expected throws unless the given roots are those of the chain at that block; nothing is undone then.
   * @returns the subjects whose state changed.
   * @throws StoreError
   */
  async undo(ancestor: BlockRef, expected: (roots: Roots) => void): Promise<Subject[]> {
    const recent = this.#recent.upTo(ancestor.number);
    const block = recent.tip;
    if (this.#tip === undefined || block?.hash !== ancestor.hash) {
      throw corrupt(`block ${ancestor.number} is not the one to go back to`);
    }
    expected(block.totals.roots);
    const writes = await undoWrites(this.#database, block.number);
    const finalized = Math.min(this.#tip.finalized, block.number);
    await this.#write(writes, { ...block, finalized, verified: true }, recent);
    return [...writes.keys()].map(keys.stateSubject).filter((subject) => subject !== undefined);
  }

  /** Removes all content, but not the record that says whose data it is. After a crash the next opening finishes this. */
  async drop(): Promise<void> {
    // Without the tip the rest is not used.
    await this.#database.write([[keys.TIP_KEY, null]], { sync: true });
    await this.#database.removeAllBut(keys.META_KEY);
    this.#tip = undefined;
    this.#recent = new RecentBlocks();
    this.#isWhole = true;
  }

  /**
   * The content hash as of a block, by default the newest.
   * @returns `undefined` for a block outside the undo window, and before the first commit.
   */
  contentHash(asOf = this.#tip?.number ?? -1): ContentHash | undefined {
    const block = this.#recent.at(asOf);
    return block && { block: asOf, hash: contentHashOf(block.totals.sums) };
  }

  /** See {@link exportPart}. */
  export(part: ExportedPart): Promise<Export> {
    return exportPart(this.#database, part);
  }

  /** See {@link verifyContent}. After damage was found, nothing more is written. */
  async verify(signal?: AbortSignal): Promise<void> {
    const database = this.#database;
    try {
      await verifyContent(database, signal);
      this.#isWhole = true;
    } catch (error) {
      if (error instanceof StoreError) database.refuseWrites(error);
      throw error;
    }
  }

  /** Bytes that the database holds in memory. */
  memory(): number {
    return this.#database.database.memory();
  }

  /**
   * Closes the database and continues with another one, which is read through.
   * @param open called once this one is closed.
   * @throws StoreError, NetworkMismatchError; then nothing can be read until another call succeeds.
   */
  async reopen(open: () => Promise<Database>): Promise<void> {
    await this.#database.close();
    try {
      this.#database = new CheckedDatabase(await open());
      await this.#load();
      await this.verify();
    } catch (error) {
      this.#database.refuseWrites(error);
      throw error;
    }
  }

  /** Writes the mark of a proper close, and closes the database. */
  async close(): Promise<void> {
    try {
      const tip = this.#tip;
      if (tip && this.#isWhole && !this.#database.refusesWrites) {
        await this.#write([], { ...tip, closed: true }, this.#recent);
      }
    } finally {
      await this.#database.close();
    }
  }

  /** Reads the tip and the recent blocks, or begins an index in an empty database. */
  async #load(): Promise<void> {
    await claim(this.#database, this.#network);
    const tip = readTip(this.#database);
    if (tip === undefined) return this.drop();
    const { closed = false, ...open } = tip;
    this.#tip = open;
    this.#recent = await readRecentBlocks(this.#database, open);
    this.#isWhole = closed;
  }

  async #write(content: Writes, tip: StoredTip, recent: RecentBlocks<RecentBlock>, sync = true): Promise<void> {
    await this.#database.write([...tipWrites(tip, recent, this.#recent), ...content], { sync });
    this.#tip = tip;
    this.#recent = recent;
  }
}
