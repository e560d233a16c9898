import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import {
  ChainDataError,
  HistoryIncompleteError,
  NetworkMismatchError,
  UnavailableError,
} from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import { REGISTRY_NAMES } from "../../resolver/registry-event.ts";
import { comparedBlocks } from "../chain/compared-blocks.ts";
import type { BlockRef } from "../index/recent-blocks.ts";
import { REGISTRY_TITLES } from "../index/roots.ts";
import { CheckedDatabase } from "../store/checked-database.ts";
import { type Database, openLevel, removeLevel } from "../store/database.ts";
import { expectNetwork, metaOf, writeMeta } from "../store/meta.ts";
import type { CountsAndRoots } from "../store/records/recent-block.ts";
import { replay } from "../store/replay.ts";
import { IndexStore } from "../store/store.ts";
import { BackupError } from "./backup-error.ts";
import type { BackupHeader } from "./backup-format.ts";
import { type Backup, openBackup } from "./read-backup.ts";
import { clearTarget } from "./restore-target.ts";
import type { OnProgress } from "./write-backup.ts";

export interface RestoreOptions {
  /** Path of the backup. */
  readonly path: string;
  /**
   * The data directory: missing, empty, or with the remains of an interrupted restore or an index that was not compared with
   * the chain yet.
   */
  readonly directory: string;
  readonly network: NetworkDescriptor;
  readonly reader: ChainReader;
  readonly onProgress: OnProgress;
  /** Stops the restore; nothing is left behind then. */
  readonly signal: AbortSignal;
}

export interface Restored {
  readonly header: BackupHeader;
  /** Why the backup's block could not be compared with the chain; `undefined` when the chain has it. */
  readonly notCompared: string | undefined;
}

/**
 * Creates a data directory from a backup without trusting the file. Its digest and network are checked, and its blocks are
 * compared with the chain's; only the transaction hashes of its events, and their positions in a block, are not. Every head, state, chunk and root is folded from its events; the counts, the roots and the
 * content hash must be those that the file states. The node compares the roots with the chain's before it serves anything.
 * Until the restore is done the directory is marked, so that no node uses it; after an error it is removed.
 *
 * @throws BackupError, StoreError; UnavailableError when the chain stops answering meanwhile; NetworkMismatchError when the file or the chain belongs to another network.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { path, directory, network, reader } = options;
  await clearTarget(directory);
  await using backup = await openBackup(path);
  const { header } = backup;
  expectNetwork(header.meta, network, "The backup");
  const notCompared = await compareBlock(reader, network, header.block);
  const database = await openLevel(directory);
  try {
    const events = notCompared === undefined ? comparedBlocks(backup.events, reader) : backup.events;
    await fill(database, { ...backup, events }, options);
    await database.close();
  } catch (error) {
    await database.close();
    await removeLevel(directory);
    throw error;
  }
  return { header, notCompared };
}

async function fill(
  database: Database,
  backup: Pick<Backup, "header" | "events" | "contentHash">,
  { network, onProgress, signal }: RestoreOptions,
): Promise<void> {
  const { block, sum, meta } = backup.header;
  const store = await IndexStore.open(database, network);
  const checked = new CheckedDatabase(database);
  await writeMeta(checked, { ...metaOf(network), unfinished: "restore" });
  try {
    await replay({
      store,
      network,
      block,
      events: backup.events,
      onProgress: (done) => {
        signal.throwIfAborted();
        onProgress(done, sum.events);
      },
    });
  } catch (error) {
    if (!(error instanceof ChainDataError || error instanceof HistoryIncompleteError)) throw error;
    throw contradicts(error.message, { cause: error });
  }
  expectSum(store.tip?.totals, sum);
  // With another schema version the same content has another hash.
  if (meta.schemaVersion === metaOf(network).schemaVersion) {
    const got = store.contentHash()?.hash;
    const wanted = backup.contentHash();
    if (got !== wanted) throw contradicts(`its events fold to content of hash ${got}, it says ${wanted}`);
  }
  signal.throwIfAborted();
  await writeMeta(checked, metaOf(network));
}

function expectSum(got: CountsAndRoots | undefined, wanted: CountsAndRoots): void {
  for (const what of ["subjects", "words", "events", "blocks"] as const) {
    if (got?.[what] !== wanted[what]) throw contradicts(`it holds ${got?.[what]} ${what}, it says ${wanted[what]}`);
  }
  for (const name of REGISTRY_NAMES) {
    const [ours, theirs] = [got?.roots[name], wanted.roots[name]];
    if (ours !== theirs) {
      throw contradicts(`its events fold to root ${ours} of the ${REGISTRY_TITLES[name]}, it says ${theirs}`);
    }
  }
}

/**
 * Compares only the block, because many chain servers don't keep the old state that comparing the roots needs.
 * @returns why it could not be compared.
 */
async function compareBlock(
  reader: ChainReader,
  network: NetworkDescriptor,
  { number, hash, time }: BlockRef,
): Promise<string | undefined> {
  try {
    await verifyNetwork(reader, network);
    const header = await reader.header(number);
    if (header === null) return `the chain has no block ${number} now`;
    if (header.hash === hash) {
      // No head covers the time of a block without events.
      if (header.time === time) return undefined;
      throw damaged(`its block ${number} has the time ${time}, the chain's has ${header.time}`);
    }
    throw new NetworkMismatchError(
      `The backup is of another branch: its block ${number} is ${hash}, the chain has ${header.hash}. ` +
        "Ask another server of the chain, or restore an older backup",
    );
  } catch (error) {
    if (error instanceof UnavailableError) return error.message;
    throw error;
  }
}

function contradicts(what: string, options?: ErrorOptions): BackupError {
  return damaged(`it contradicts itself: ${what}`, options);
}

function damaged(what: string, options?: ErrorOptions): BackupError {
  const advice = "Nothing was restored; take another backup";
  return new BackupError("BACKUP_DAMAGED", `The backup is not usable: ${what}. ${advice}`, options);
}
