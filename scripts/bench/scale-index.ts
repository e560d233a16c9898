/**
 * A program: `grow FOLDER SIZES` makes an index on disk and measures what an event and a read cost at each number of DIDs;
 * `open FOLDER` opens it, reads it, and measures time and memory. It sends what it measured.
 */
import { Indexer } from "../../node/indexer.ts";
import { openLevel } from "../../node/store/database.ts";
import { IndexStore } from "../../node/store/store.ts";
import { keccak256 } from "../../resolver/keccak.ts";
import { identityAt, network, range } from "./scale-chain.ts";

/** Processor time of this process, all its threads, in microseconds for each. */
export interface Point {
  readonly dids: number;
  readonly event: number;
  readonly read: number;
}

export interface Opened {
  readonly dids: number;
  readonly openMs: number;
  readonly verifyMs: number;
  /** Resident, while it is read. */
  readonly megabytes: number;
}

const DIDS_A_RANGE = 2_000;
const MEASURED = 20_000;

const [what, folder = "", sizes = ""] = process.argv.slice(2);
process.send?.(what === "grow" ? await grow(JSON.parse(sizes) as number[]) : await open());
process.disconnect();

async function grow(sizes: readonly number[]): Promise<Point[]> {
  const store = await IndexStore.open(await openLevel(folder), network);
  const indexer = new Indexer({ store, network });
  const points: Point[] = [];
  let dids = 0;
  const add = async (count: number) => {
    for (const end = dids + count; dids < end; dids += DIDS_A_RANGE) {
      await indexer.fold({ kind: "range", ...range(dids, DIDS_A_RANGE), roots: null });
    }
  };
  for (const size of sizes) {
    await add(size - MEASURED / 2 - dids);
    const event = await cpu(MEASURED, () => add(MEASURED));
    const { block } = range(dids, 0);
    await indexer.fold({ kind: "range", block, logs: [], roots: store.roots });
    readSome(indexer, dids, MEASURED);
    points.push({ dids: size, event, read: await cpu(MEASURED, async () => readSome(indexer, dids, MEASURED)) });
  }
  await store.close();
  return points;
}

async function open(): Promise<Opened> {
  const from = performance.now();
  const store = await IndexStore.open(await openLevel(folder), network);
  const openMs = performance.now() - from;
  const dids = store.tip?.subjects ?? 0;
  const verified = performance.now();
  await store.verify();
  const verifyMs = performance.now() - verified;
  const indexer = new Indexer({ store, network });
  readSome(indexer, dids, 10 * MEASURED);
  const megabytes = process.memoryUsage.rss() / 1e6;
  await store.close();
  return { dids, openMs, verifyMs, megabytes };
}

/** The states of DIDs all over the index, each time the same ones. */
function readSome(indexer: Indexer, dids: number, times: number): void {
  for (let at = 0; at < times; at++) {
    const id = identityAt(Number.parseInt(keccak256(at).slice(2, 14), 16) % dids);
    if (indexer.state("did", id)?.events !== 1) throw new Error(`${id} is not there`);
  }
}

async function cpu(times: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
