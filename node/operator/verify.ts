import type { ChainReader } from "../../resolver/chain/chain-reader.ts";
import { verifyNetwork } from "../../resolver/chain/verify-network.ts";
import { ChainDataError, HistoryIncompleteError, UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { REGISTRY_NAMES } from "../../resolver/registry-event.ts";
import type { TimedLog } from "../chain/follow-event.ts";
import { REGISTRY_TITLES, type Roots, rootSlots, rootsOf } from "../index/roots.ts";
import { CheckedDatabase } from "../store/checked-database.ts";
import type { ContentHeader, Export } from "../store/content/export.ts";
import { type Database, openLevel, removeLevel } from "../store/database.ts";
import { CONTENT, describeKey, HISTORY, isIn, stateSubject } from "../store/keys.ts";
import { expectNetwork } from "../store/meta.ts";
import { decode, json } from "../store/records/codec.ts";
import { readDidFacts } from "../store/records/did-record.ts";
import { readEvent } from "../store/records/records.ts";
import { replay } from "../store/replay.ts";
import { IndexStore } from "../store/store.ts";
import { Ahead, merged } from "./merged.ts";
import type { OnProgress } from "./write-backup.ts";

/** Maximum number of characters of a value that are shown. */
const MAX_SHOWN = 300;

export interface VerifyOptions {
  readonly content: Export;
  /** Directory for an index that is folded from the history, to compare with; removed afterwards. */
  readonly directory: string;
  readonly network: NetworkDescriptor;
  readonly reader: ChainReader;
  readonly onProgress: OnProgress;
  /** Called with a description of each difference. */
  readonly onDifference: (what: string) => void;
}

export interface Verified {
  readonly header: ContentHeader;
  readonly differences: number;
  /** Why the roots could not be compared with the chain's; `undefined` when they were. */
  readonly notCompared: string | undefined;
}

/**
 * Folds the history of an index into another one, and compares all heads, states, chunks and roots with the stored ones, and
 * the roots with the chain's slots at the same block. Memory does not grow with the index.
 *
 * @throws NetworkMismatchError, StoreError.
 */
export async function verifyIndex(options: VerifyOptions): Promise<Verified> {
  const { content, directory, network, reader } = options;
  const { header } = content;
  expectNetwork(header.meta, network, "The index");
  let differences = 0;
  const differs = (what: string) => {
    differences++;
    options.onDifference(what);
  };
  // A killed process may have left it.
  await removeLevel(directory);
  const database = await openLevel(directory);
  try {
    await compareContent({ ...options, database, differs });
  } finally {
    await database.close();
    await removeLevel(directory);
  }
  const notCompared = await compareRoots(header, { network, reader, differs });
  return { header, differences, notCompared };
}

interface Comparison extends VerifyOptions {
  readonly database: Database;
  readonly differs: (what: string) => void;
}

async function compareContent({ content, database, network, onProgress, differs }: Comparison): Promise<void> {
  const { block, sum } = content.header;
  // The buckets of DIDs with many entries are not counted.
  const total = sum.subjects + sum.words + 2 * sum.events + sum.blocks;
  const store = await IndexStore.open(database, network);
  const stored = new Ahead(content.entries);
  try {
    const events = historyOf(stored);
    await replay({ store, network, events, block, onProgress: (done) => onProgress(done, total) });
  } catch (error) {
    if (!(error instanceof ChainDataError || error instanceof HistoryIncompleteError)) throw error;
    return differs(`the history can't be what the contracts wrote: ${error.message}`);
  }
  let done = sum.events;
  const folded = new Ahead(new CheckedDatabase(database).entries({ gte: HISTORY.lt, lt: CONTENT.lt }));
  for await (const { key, left, right } of merged(stored, folded)) {
    onProgress(Math.min(++done, total), total);
    if (left === right) continue;
    const what = describeKey(key);
    if (right === undefined) differs(`${what}: is stored, but the history has no such`);
    else if (left === undefined) differs(`${what}: is missing`);
    else differs(`${what}: stored is ${shown(key, left)}, the history gives ${shown(key, right)}`);
  }
  for (const what of ["subjects", "words", "events", "blocks"] as const) {
    const [left, right] = [sum[what], store.tip?.totals[what]];
    if (left !== right) differs(`count of ${what}: stored is ${left}, the history gives ${right}`);
  }
  const [left, right] = [content.header.contentHash, store.contentHash()?.hash];
  if (left !== right) differs(`content hash: stored is ${left}, the history gives ${right}`);
  compare(sum.roots, store.roots, (name, left, right) => {
    differs(`root of the ${name}: stored is ${left}, the history gives ${right}`);
  });
}

async function* historyOf(stored: Ahead): AsyncGenerator<TimedLog, void, void> {
  const isEvent = (key: string) => isIn(HISTORY, key);
  for (let next = await stored.next(isEvent); next !== undefined; next = await stored.next(isEvent)) {
    yield readEvent(...next);
  }
}

async function compareRoots(
  { block, sum }: ContentHeader,
  { network, reader, differs }: Pick<Comparison, "network" | "reader" | "differs">,
): Promise<string | undefined> {
  try {
    await verifyNetwork(reader, network);
    const roots = rootsOf(await reader.storage(rootSlots(network), block.hash));
    if (roots === null) return `the chain has no registries at block ${block.number}`;
    compare(sum.roots, roots, (name, left, right) => {
      differs(`root of the ${name} at block ${block.number}: stored is ${left}, the chain has ${right}`);
    });
    return undefined;
  } catch (error) {
    // A chain server may keep the state of recent blocks only, and has no block that was reorganised away.
    if (error instanceof UnavailableError || error instanceof ChainDataError) return error.message;
    throw error;
  }
}

function compare(left: Roots, right: Roots, differs: (name: string, left: Hash, right: Hash) => void): void {
  for (const name of REGISTRY_NAMES) {
    if (left[name] !== right[name]) differs(REGISTRY_TITLES[name], left[name], right[name]);
  }
}

/** Describes a record to people: a state by its facts, others by their bytes alone. */
function shown(key: string, digits: string): string {
  const subject = stateSubject(key);
  const facts = subject?.kind === "did" ? readDidFacts(subject.id, digits) : subject && decode(json(), digits);
  const text = facts === undefined ? `0x${digits}` : `${JSON.stringify(facts)} (0x${digits})`;
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
