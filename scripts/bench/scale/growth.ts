/**
 * Program: `grow FOLDER SIZES` grows an index on disk and measures the cost of an event at each number of DIDs;
 * `open FOLDER READS` opens and reads it, and measures time and memory. It sends the results.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { ownCpu } from "../measuring/cpu.ts";
import { mappedMegabytes, ownMegabytes } from "../measuring/memory.ts";
import { openIndex, range } from "./chain.ts";
import { readSome } from "./read-some.ts";

export interface Point {
  readonly dids: number;
  /** Processor time of all threads in microseconds: the average over the events since the previous point. */
  readonly event: number;
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
const counts = numbers.map(Number);
process.send?.(what === "grow" ? await grow(counts) : await open(counts[0] ?? 0));
process.disconnect?.();

async function grow(sizes: readonly number[]): Promise<Point[]> {
  const points: Point[] = [];
  for (const size of sizes) {
    const { store, indexer } = await openIndex(folder);
    const first = store.tip?.totals.subjects ?? 0;
    let dids = first;
    let making = 0;
    // All events are measured together, because LevelDB merges tables only about every hundred thousand events.
    const all = await ownCpu(async () => {
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
    points.push({ dids: size, event });
  }
  return points;
}

async function open(reads: number): Promise<Opened> {
  const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const from = performance.now();
  const { store, indexer } = await openIndex(folder);
  const openMs = performance.now() - from;
  const dids = store.tip?.totals.subjects ?? 0;
  const verified = performance.now();
  await store.verify();
  const verifyMs = performance.now() - verified;
  readSome(indexer.served, dids, 10 * reads);
  const [megabytes, mapped] = [await ownMegabytes(process.pid), await mappedMegabytes(process.pid)];
  await store.close();
  return { dids, bytes, openMs, verifyMs, megabytes, mapped };
}
