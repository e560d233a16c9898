/**
 * Program with the arguments `READS ROUNDS SMALL LARGE`: measures reads of a small and a large index in two folders, each round
 * of one after the same round of the other, so that other load affects both alike. It sends their costs.
 */
import type { Level } from "level";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { stateKey } from "../../../node/store/keys.ts";
import { ownCpu } from "../measuring/cpu.ts";
import { openIndexOn } from "./chain.ts";
import { readSome, someIdentity } from "./read-some.ts";

/** Processor time of all threads of the process, in microseconds per read. */
export interface ReadCost {
  readonly read: number;
  /** LevelDB's part of a read: `getSync` of the same records, with bytes as keys and values. */
  readonly get: number;
}

export interface ReadCosts {
  readonly small: ReadCost;
  readonly large: ReadCost;
}

const [, , reads, rounds, small = "", large = ""] = process.argv;
const times = Number(reads);
const [smallIndex, largeIndex] = [await openForReads(small), await openForReads(large)];
for (let round = 0; round < Number(rounds); round++) {
  await smallIndex.measure();
  await largeIndex.measure();
}
const costs: ReadCosts = { small: smallIndex.cheapest(), large: largeIndex.cheapest() };
await smallIndex.close();
await largeIndex.close();
process.send?.(costs);
process.disconnect?.();

/** Opens an index anew, because LevelDB holds the last writes in memory, and a small index completely. */
async function openForReads(folder: string) {
  // It is a `Level`, of which the store's interface shows only the part that the store needs.
  const level = (await openLevel(folder)) as Database & Pick<Level<Buffer, Buffer>, "getSync">;
  const { store, indexer } = await openIndexOn(level);
  const dids = store.tip?.totals.subjects ?? 0;
  const keys = Array.from({ length: times }, (_, at) => {
    return Buffer.from(stateKey({ kind: "did", id: someIdentity(at, dids) }), "hex");
  });
  const bytes = { keyEncoding: "buffer", valueEncoding: "buffer" } as const;
  const get = () => {
    for (const key of keys)
      if (level.getSync(key, bytes) === undefined) throw new Error(`The index has no record of ${key.toString("hex")}`);
  };
  const measured = { read: [] as number[], get: [] as number[] };
  return {
    async measure() {
      measured.read.push((await ownCpu(async () => readSome(indexer.served, dids, times))) / times);
      measured.get.push((await ownCpu(async () => get())) / times);
    },
    /** The minimum over the rounds: in the first ones LevelDB merges tables that reads found to overlap, which happens once. */
    cheapest: (): ReadCost => ({ read: Math.min(...measured.read), get: Math.min(...measured.get) }),
    close: () => store.close(),
  };
}
