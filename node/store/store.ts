import type { DidState } from "../../resolver/apply-event.ts";
import type { DidEvent } from "../../resolver/decode-log.ts";
import { HEAD_KIND, headSeed } from "../../resolver/head.ts";
import type { Address, Hash } from "../../resolver/hex.ts";
import { currentDeployment, type NetworkDescriptor } from "../../resolver/network.ts";
import { type BlockRef, RecentBlocks } from "../chain/recent-blocks.ts";
import type { Database } from "./database.ts";
import * as keys from "./keys.ts";
import { dropIndex, openIndex, type Tip } from "./open.ts";
import { type ContentHash, contentHash, identities, verifyContent } from "./scan.ts";
import { storeError } from "./store-error.ts";
import { combineUndo, type JsonByKey, undoRecord } from "./undo.ts";
import { readState, StoreView } from "./view.ts";

/** Blocks without events that are known in memory only, at most. */
const SAVE_EVERY = 32;

/** What one block, or a range of blocks up to it, changes. */
export interface Commit {
  /** `range`: of blocks that stay for ever, so nothing is kept to undo them. */
  readonly kind: "block" | "range";
  readonly block: BlockRef;
  readonly finalized: number;
  readonly verified: boolean;
  /** Number of the lowest block to remember. */
  readonly floor: number;
  readonly events: readonly DidEvent[];
  /** The new states of the identities that changed. */
  readonly states: ReadonlyMap<Address, DidState>;
  /** How many of them had no state before. */
  readonly created: number;
  /** The DID registry's root after them. */
  readonly root: Hash;
}

/**
 * The index on disk. Each commit is one atomic batch, so that at any instant the disk holds the index as of some block.
 * Blocks without events may be known in memory only; after a crash they are read again.
 *
 * One commit or undo at a time; after an error what is on disk still holds.
 */
export class IndexStore {
  readonly #database: Database;
  readonly #registry: Address;
  readonly #seed: Hash;
  #tip: Tip | undefined;
  #root: Hash;
  #recent: RecentBlocks;
  /** The recent blocks as they are on disk. */
  #saved: RecentBlocks;

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
    this.#registry = currentDeployment(network).registries.did.address;
    this.#seed = headSeed({ chainId: network.chainId, registry: this.#registry }, HEAD_KIND.root);
    this.#tip = tip;
    this.#recent = recent;
    this.#saved = recent;
    this.#root = this.#readRoot();
  }

  /** The newest block, served or not; `undefined` while the index is empty. */
  get tip(): Tip | undefined {
    return this.#tip;
  }

  get recent(): RecentBlocks {
    return this.#recent;
  }

  /** The DID registry's root as of the tip. */
  get root(): Hash {
    return this.#root;
  }

  /** The newest state of an identity, served or not. */
  state(address: Address): DidState | undefined {
    return readState(this.#database, address);
  }

  view(): StoreView {
    return new StoreView(this.#database);
  }

  /** @throws StoreError */
  async commit(commit: Commit): Promise<void> {
    const { kind, block, events, states, created, root, finalized, verified, floor } = commit;
    const before = this.#tip;
    const counts = { subjects: before?.subjects ?? 0, events: before?.events ?? 0 };
    const tip: Tip = {
      ...block,
      finalized,
      verified,
      subjects: counts.subjects + created,
      events: counts.events + events.length,
    };
    const recent = kind === "range" ? new RecentBlocks([block]) : this.#recent.with(block, floor);
    const unsaved = block.number - (this.#saved.tip?.number ?? -1);
    if (kind === "range" || events.length > 0 || verified !== before?.verified || unsaved >= SAVE_EVERY) {
      const writes: JsonByKey = new Map();
      for (const event of events) writes.set(keys.historyKey(event), JSON.stringify(keys.historyValue(event)));
      for (const [address, state] of states) writes.set(keys.stateKey(address), JSON.stringify(state));
      if (events.length > 0) writes.set(keys.rootKey(this.#registry), JSON.stringify(root));
      if (kind === "block" && events.length > 0 && recent.floor !== recent.tip) {
        writes.set(keys.undoKey(block.number), JSON.stringify(undoRecord(this.#database, writes, counts)));
      }
      // A range can be read again; a block that was followed was served.
      await this.#save({ writes, tip, recent, sync: kind === "block" && events.length > 0 });
    }
    this.#tip = tip;
    this.#recent = recent;
    this.#root = root;
  }

  /**
   * Goes back to a block that is held.
   *
   * @param expected Throws unless this is the root as of that block; nothing is undone then.
   * @returns the identities whose state changed.
   * @throws StoreError
   */
  async undo(ancestor: BlockRef, expected: (root: Hash) => void): Promise<Address[]> {
    const now = this.#tip;
    if (now === undefined) return [];
    const { writes, ...counts } = combineUndo(this.#database, { above: ancestor.number, now });
    const rootJson = writes.get(keys.rootKey(this.#registry));
    const root: Hash = rootJson === undefined ? this.#root : rootJson === null ? this.#seed : JSON.parse(rootJson);
    expected(root);
    const tip: Tip = { ...ancestor, ...counts, finalized: now.finalized, verified: now.verified };
    const recent = this.#recent.upTo(ancestor.number);
    await this.#save({ writes, tip, recent, sync: true });
    this.#tip = tip;
    this.#recent = recent;
    this.#root = root;
    return [...writes.keys()].map(keys.stateAddress).filter((address) => address !== undefined);
  }

  /** All identities that have a state, served or not. */
  identities(): Promise<Address[]> {
    return identities(this.#database);
  }

  /** Removes all that was indexed; whose data this is stays. A crash in the middle is finished when opened again. */
  async drop(): Promise<void> {
    await dropIndex(this.#database);
    this.#tip = undefined;
    this.#recent = new RecentBlocks();
    this.#saved = this.#recent;
    this.#root = this.#seed;
  }

  /** See {@link contentHash}. */
  contentHash(): Promise<ContentHash | undefined> {
    return contentHash(this.#database);
  }

  /** See {@link verifyContent}. */
  verify(): Promise<void> {
    return verifyContent(this.#database, this.#tip);
  }

  /** Writes down what is known in memory only, and closes the database. */
  async close(): Promise<void> {
    try {
      const tip = this.#tip;
      if (tip && this.#saved !== this.#recent) {
        await this.#save({ writes: new Map(), tip, recent: this.#recent, sync: true });
      }
    } finally {
      await this.#database.close();
    }
  }

  async #save(change: { writes: JsonByKey; tip: Tip; recent: RecentBlocks; sync: boolean }): Promise<void> {
    const { writes, tip, recent, sync } = change;
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
      throw storeError(error);
    }
    this.#saved = recent;
  }

  #readRoot(): Hash {
    const key = keys.rootKey(this.#registry);
    const text = this.#database.getSync(key);
    return text === undefined ? this.#seed : keys.decode<Hash>(key, text);
  }
}
