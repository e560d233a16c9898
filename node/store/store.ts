import type { Log } from "../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash, Hex } from "../../resolver/primitives/hex.ts";
import type { StateOf, StateReader, Subject, SubjectKind } from "../../resolver/registry-event.ts";
import type { StatusChunk } from "../../resolver/status/apply-status-event.ts";
import { type BlockRef, RecentBlocks } from "../index/recent-blocks.ts";
import { type Roots, registriesOf, seedRoots } from "../index/roots.ts";
import { CheckedDatabase, Snapshot, type Writes } from "./checked-database.ts";
import { type ContentHash, contentHashOf } from "./content/checksums.ts";
import { type Commit, contentAfter } from "./content/content-after.ts";
import { type AsOfBlock, type ContentExport, exportContent } from "./content/export.ts";
import { verifyContent } from "./content/scan.ts";
import { combineUndo, totalsAt, totalsOf, undoRecord, ZERO_TOTALS } from "./content/undo.ts";
import type { Database } from "./database.ts";
import * as keys from "./keys.ts";
import { dropIndex, EMPTY_INDEX, type OpenedIndex, openIndex } from "./open.ts";
import { StoreError } from "./store-error.ts";
import { readTip, type StoredTip, type Tip, tipWrites } from "./tip.ts";
import { readChunk, readState, StoreView } from "./view.ts";

/** Maximum number of blocks without events that are kept in memory only. */
const SAVE_EVERY = 32;

/**
 * The index on disk. Each commit is one atomic batch, so that at any instant the disk holds the index as of some block.
 * Blocks without events may be kept in memory only; after a crash they are read again.
 *
 * Only one commit or undo may run at a time. After an error the index on disk is still readable. After a failed write
 * nothing is written until the index is {@link reopen reopened}.
 */
export class IndexStore implements StateReader {
  readonly #network: NetworkDescriptor;
  readonly #seeds: Roots;
  #database: CheckedDatabase;
  #tip: Tip | undefined;
  #recent = new RecentBlocks();
  /** The recent blocks as they are on disk. */
  #saved = this.#recent;
  #isWhole = true;

  /**
   * Opens the index of a network in a database.
   * @throws StoreError; NetworkMismatchError when the database holds another network's index.
   */
  static async open(database: Database, network: NetworkDescriptor): Promise<IndexStore> {
    const checked = new CheckedDatabase(database);
    return new IndexStore(checked, network, await openIndex(checked, network));
  }

  private constructor(database: CheckedDatabase, network: NetworkDescriptor, opened: OpenedIndex) {
    this.#network = network;
    this.#seeds = seedRoots(network);
    this.#database = database;
    this.#use(opened);
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

  get recent(): RecentBlocks {
    return this.#recent;
  }

  /** The registries' roots as of the tip. */
  get roots(): Roots {
    return this.#tip?.roots ?? this.#seeds;
  }

  /** The registries' roots as of a block at or below the tip. */
  async rootsAt(block: number): Promise<Roots> {
    await using view = this.view();
    return (await view.rootsAt(block)) ?? this.#seeds;
  }

  /** The stored logs of a block, in order. */
  async logsIn(block: number): Promise<Log[]> {
    await using view = this.view();
    const logs: Log[] = [];
    for await (const page of view.history({ from: block, to: block })) logs.push(...page.map(({ event }) => event.log));
    return logs;
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
    const { kind, block, events, finalized, verified, floor } = commit;
    const before = this.#tip;
    const was = totalsOf({ ...ZERO_TOTALS, roots: this.roots, ...before });
    const { writes, added, changes, totals } = contentAfter(was, commit);
    const tip: Tip = { ...block, finalized, verified, ...totals };
    const recent = kind === "range" ? new RecentBlocks([block]) : this.#recent.with(block, floor);
    const unsaved = block.number - (this.#saved.tip?.number ?? -1);
    const hasNews = kind === "range" || events.length > 0 || verified !== before?.verified;
    if (hasNews || unsaved >= SAVE_EVERY) {
      if (kind === "block" && events.length > 0 && recent.floor !== recent.tip) {
        writes.push([keys.undoKey(block.number), undoRecord(added, changes, was)]);
      }
      // A synced write also makes all earlier writes survive a power cut. What was not served yet can be read again.
      await this.#write(writes, tip, recent, verified && hasNews);
    }
    this.#tip = tip;
    this.#recent = recent;
  }

  /** Records at a later time whether the roots at the tip are equal to the chain's. @throws StoreError */
  async mark(verified: boolean): Promise<void> {
    if (this.#tip === undefined || this.#tip.verified === verified) return;
    const tip: Tip = { ...this.#tip, verified };
    await this.#write([], tip, this.#recent);
    this.#tip = tip;
  }

  /**
   * Goes back to a block of the undo window at which the roots are equal to the chain's.
   *
   * @param expected throws unless the given roots are those of the chain at that block; nothing is undone then.
   * @returns the subjects whose state changed.
   * @throws StoreError
   */
  async undo(ancestor: BlockRef, expected: (roots: Roots) => void): Promise<Subject[]> {
    const now = this.#tip;
    if (now === undefined) return [];
    const { writes, totals } = await combineUndo(this.#database, ancestor.number, now);
    expected(totals.roots);
    const tip: Tip = { ...ancestor, ...totals, finalized: Math.min(now.finalized, ancestor.number), verified: true };
    const recent = this.#recent.upTo(ancestor.number);
    await this.#write(writes, tip, recent);
    this.#tip = tip;
    this.#recent = recent;
    return [...writes.keys()].map(keys.stateSubject).filter((subject) => subject !== undefined);
  }

  /** All subjects that have a state, even when its block is not served yet. */
  async subjects(): Promise<Subject[]> {
    const found: (Subject | undefined)[] = [];
    for await (const [key] of this.#database.entries(keys.STATES)) found.push(keys.stateSubject(key));
    return found.filter((subject) => subject !== undefined);
  }

  /** Removes all content, but not the record that says whose data it is. After a crash the next opening finishes this. */
  async drop(): Promise<void> {
    await dropIndex(this.#database);
    this.#use(EMPTY_INDEX);
  }

  /**
   * The content hash as of a block, by default the newest.
   * @returns `undefined` for a block outside the undo window, and before the first commit.
   * @throws StoreError
   */
  async contentHash(asOf?: number): Promise<ContentHash | undefined> {
    const tip = this.#tip;
    const block = asOf ?? tip?.number ?? -1;
    if (tip === undefined || this.#recent.at(block) === undefined) return undefined;
    await using snapshot = new Snapshot(this.#database);
    // With the tip on disk, where an undo may be already that is not finished. Blocks in memory only change no total.
    const { sums } = await totalsAt(snapshot, block, readTip(snapshot) ?? tip);
    return { block, hash: contentHashOf(sums) };
  }

  /** See {@link exportContent}. */
  export(asOf: AsOfBlock): Promise<ContentExport> {
    return exportContent(this.#database, asOf);
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
    return this.#database.memory();
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
      const opened = await openIndex(this.#database, this.#network);
      await verifyContent(this.#database);
      this.#use({ ...opened, wasClosed: true });
    } catch (error) {
      this.#database.refuseWrites(error);
      throw error;
    }
  }

  /** Writes the blocks that are in memory only and the mark of a proper close, and closes the database. */
  async close(): Promise<void> {
    try {
      const tip = this.#tip;
      if (tip && !this.#database.refusesWrites) {
        await this.#write([], this.#isWhole ? { ...tip, closed: true } : tip, this.#recent);
      }
    } finally {
      await this.#database.close();
    }
  }

  async #write(content: Writes, tip: StoredTip, recent: RecentBlocks, sync = true): Promise<void> {
    await this.#database.write([...tipWrites(tip, recent, this.#saved), ...content], { sync });
    this.#saved = recent;
  }

  #use({ tip, recent, wasClosed }: OpenedIndex): void {
    this.#tip = tip;
    this.#recent = recent;
    this.#saved = recent;
    this.#isWhole = wasClosed;
  }
}
