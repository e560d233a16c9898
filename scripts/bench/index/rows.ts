import type { Row } from "../measuring/row.ts";
import { compareTimed, median } from "../measuring/timing.ts";
import type { Sizes } from "../sizes.ts";
import { type Cost, indexBarely, readRaw } from "./bare.ts";
import { type BulkChain, type Shape, startBulkChain } from "./bulk.ts";
import { indexNaively } from "./naive.ts";
import { indexByNode } from "./node.ts";

/**
 * A node that starts with an empty data directory and follows a chain to its tip, with all checks and durable writes,
 * against the minimum work of such an index, and against a naive indexer with ethers and LevelDB.
 */
export async function indexRows(sizes: Sizes["index"]): Promise<Row[]> {
  const shapes: Shape[] = [
    { dids: sizes.created, didsABlock: 32, what: "created" },
    { dids: sizes.changed, didsABlock: 1, what: "changed" },
  ];
  const rows: Row[] = [];
  for (const shape of shapes) {
    await using chain = await startBulkChain(shape);
    rows.push(...(await rowsOf(chain, shape, sizes)));
  }
  return rows;
}

async function rowsOf(chain: BulkChain, { didsABlock }: Shape, sizes: Sizes["index"]): Promise<Row[]> {
  const aBlock = Math.round((didsABlock * chain.events) / chain.dids);
  const one = {
    topic: `index: ${chain.events.toLocaleString("en")} events`,
    size: `${aBlock} a block`,
    unit: "us" as const,
  };
  const perEvent = ({ ours, theirs }: { ours: number; theirs: number }) => ({
    ours: (1_000 * ours) / chain.events,
    theirs: (1_000 * theirs) / chain.events,
  });
  const { asked } = await indexByNode(chain);
  const rawTimes: number[] = [];
  const processor = { ours: [] as number[], theirs: [] as number[] };
  const counted = ({ ms, processorMs }: Cost, times: number[]) => {
    times.push(processorMs);
    return ms;
  };
  const ours = async () => counted(await indexByNode(chain), processor.ours);
  const theirs = async () => {
    rawTimes.push(await readRaw(chain, asked));
    return counted(await indexBarely(chain, asked), processor.theirs);
  };
  const floor = await compareTimed({ ours, theirs, rounds: sizes.rounds });
  const us = ((1_000 * median(rawTimes)) / chain.events).toFixed(1);
  process.stderr.write(`  ${one.topic}, ${one.size}: eth_getLogs and JSON.parse alone ${us} us\n`);
  const row = { ...one, peer: "same answers parsed, hashed, in LevelDB", ...perEvent(floor), goal: 1 / 0.6 };
  if (aBlock === 1) return [row];
  const spent = perEvent({ ours: median(processor.ours), theirs: median(processor.theirs) });
  const naive = await compareTimed({ ours, theirs: () => indexNaively(chain), rounds: sizes.naiveRounds });
  return [
    row,
    { ...row, topic: `${one.topic}, CPU`, ...spent },
    { ...one, peer: "ethers: getLogs, parseLog; LevelDB batches", ...perEvent(naive), goal: 1 / 6 },
  ];
}
