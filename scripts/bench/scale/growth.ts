/**
 * Program: `grow FOLDER READS ROUNDS SIZES` grows an index on disk and measures the cost of an event and a read at each number of
 * DIDs; `open FOLDER READS` opens and reads it, and measures time and memory. It sends the results.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { Level } from "level";
import type { Indexer } from "../../../node/index/indexer.ts";
import { LEVEL_OPTIONS } from "../../../node/store/database.ts";
import { stateKey } from "../../../node/store/keys.ts";
import type { Address } from "../../../resolver/primitives/hex.ts";
import { mappedMegabytes, ownMegabytes } from "../measuring/memory.ts";
import { anyOf, identityAt, openIndex, range } from "./chain.ts";

/** Processor time of all threads of this process, in microseconds per event or read. */
export interface Point {
  readonly dids: number;
  /** Average over the events since the previous point. */
  readonly event: number;
  readonly read: number;
  /** LevelDB's part of a read: `getSync` of the same records. */
  readonly get: number;
}

export interface Opened {
  readonly dids: number;
  /** Size of all files on disk. */
  readonly bytes: number;
  readonly openMs: number;
  readonly verifyMs: number;
  /** Anonymous memory of the process after reading the index. */
  readonly megabytes: number;
  /** Megabytes of mapped files, mainly tables; the system can reclaim them. */
  readonly mapped: number;
}

const DIDS_A_RANGE = 2_000;

const [what, folder = "", ...numbers] = process.argv.slice(2);
const [reads = 0, readRounds = 0, ...sizes] = numbers.map(Number);
process.send?.(what === "grow" ? await grow(sizes) : await open());
process.disconnect?.();

async function grow(sizes: readonly number[]): Promise<Point[]> {
  const points: Point[] = [];
  for (const size of sizes) {
    const { store, indexer } = await openIndex(folder);
    const first = store.tip?.totals.subjects ?? 0;
    let dids = first;
    let making = 0;
    // All events are measured together, because LevelDB merges tables only about every hundred thousand events.
    const all = await cpu(1, async () => {
      for (; dids < size; dids += DIDS_A_RANGE) {
        const before = process.threadCpuUsage();
        const logs = range(dids, DIDS_A_RANGE);
        // The cost of making the logs is subtracted, because a node does not have it.
        const { user, system } = process.threadCpuUsage(before);
        making += user + system;
        await indexer.fold({ kind: "range", ...logs, roots: null });
      }
    });
    const event = (all - making) / (dids - first);
    const { block } = range(dids, 0);
    await indexer.fold({ kind: "range", block, logs: [], roots: store.roots });
    await store.close();
    points.push({ dids: size, event, read: await readCost(dids), get: await getCost(dids) });
  }
  return points;
}

/** Measured on a reopened index: before, the last writes are in LevelDB's memory, which can hold a small index completely. */
async function readCost(dids: number): Promise<number> {
  const { store, indexer } = await openIndex(folder);
  const cost = await cheapest(() => readSome(indexer, dids, reads));
  await store.close();
  return cost;
}

/** The cost of a read with LevelDB alone, with bytes as keys and values. */
async function getCost(dids: number): Promise<number> {
  const level = new Level<Buffer, Buffer>(folder, { keyEncoding: "buffer", valueEncoding: "buffer", ...LEVEL_OPTIONS });
  await level.open();
  const keys = Array.from({ length: reads }, (_, at) => {
    return Buffer.from(stateKey({ kind: "did", id: someIdentity(at, dids) }), "hex");
  });
  const cost = await cheapest(() => {
    for (const key of keys)
      if (level.getSync(key) === undefined) throw new Error(`The index has no record of ${key.toString("hex")}`);
  });
  await level.close();
  return cost;
}

/** The minimum over rounds: in the first ones LevelDB merges tables that reads found to overlap, which happens only once. */
async function cheapest(read: () => void): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < readRounds; round++) rounds.push(await cpu(reads, async () => read()));
  return Math.min(...rounds);
}

async function open(): Promise<Opened> {
  const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const from = performance.now();
  const { store, indexer } = await openIndex(folder);
  const openMs = performance.now() - from;
  const dids = store.tip?.totals.subjects ?? 0;
  const verified = performance.now();
  await store.verify();
  const verifyMs = performance.now() - verified;
  readSome(indexer, dids, 10 * reads);
  const [megabytes, mapped] = [await ownMegabytes(process.pid), await mappedMegabytes(process.pid)];
  await store.close();
  return { dids, bytes, openMs, verifyMs, megabytes, mapped };
}

/** Reads the states of DIDs spread over the index, the same ones each time. */
function readSome(indexer: Indexer, dids: number, times: number): void {
  for (let at = 0; at < times; at++) {
    const id = someIdentity(at, dids);
    if (indexer.served.state("did", id)?.events !== 1) throw new Error(`The index has no event of ${id}`);
  }
}

function someIdentity(at: number, dids: number): Address {
  return identityAt(anyOf(at, dids));
}

async function cpu(times: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
