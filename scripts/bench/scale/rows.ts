import { cp } from "node:fs/promises";
import type { Row } from "../measuring/row.ts";
import type { Sizes } from "../sizes.ts";
import { openFolder } from "../stage/folder.ts";
import { startProgram } from "../stage/program.ts";
import type { Opened, Point } from "./growth.ts";
import type { ReadCost, ReadCosts } from "./reads.ts";
import { serveRows } from "./served.ts";
import { writtenRow } from "./written.ts";

/** Keys per DID: its state, its event, the key from the DID to the event, and for each hundred DIDs the roots of one block. */
const KEYS_A_DID = 3.01;

/**
 * Bytes on disk per further DID in schema version 3: the difference between the tables of 1,000,000 and of 330,000 DIDs, on
 * 2026-11-28.
 */
const BYTES_BEFORE = 597;

/** Costs of a large index: an event and a read as it grows, opening it, its memory, and serving it over HTTP. */
export async function scaleRows(sizes: Sizes["scale"]): Promise<Row[]> {
  await using folder = await openFolder();
  await using small = await openFolder();
  const open = () => run<Opened>("growth.ts", "open", folder.path, sizes.reads);
  const [fewest, ...more] = sizes.dids;
  const points = await grow(folder.path, [fewest as number]);
  await cp(folder.path, small.path, { recursive: true });
  points.push(...(await grow(folder.path, more)));
  const opened = await open();
  process.stderr.write(openLine(opened));
  let largest = opened;
  if (sizes.more.length > 0) {
    points.push(...(await grow(folder.path, sizes.more)));
    largest = await open();
    process.stderr.write(openLine(largest));
  }
  const first = points[0] as Point;
  const last = points.at(-1) as Point;
  const size = `${count(first.dids)} -> ${count(last.dids)} DIDs`;
  const keys = keysOf(opened);
  const limit = "a limit of ours";
  const peer = `at ${count(first.dids)} DIDs`;
  const grown = { size, unit: "us", goal: 1.3 } as const;
  const reads = await run<ReadCosts>("reads.ts", sizes.reads, sizes.readRounds, small.path, folder.path);
  process.stderr.write(
    `  a read at ${count(first.dids)} DIDs ${readLine(reads.small)}; at ${count(last.dids)} ${readLine(reads.large)}\n`,
  );
  // The growth of LevelDB's own `get` is added to the peer: LevelDB caches a small index uncompressed, but has to uncompress
  // a block for each read of a large one.
  const read = reads.small.read + reads.large.get - reads.small.get;
  return [
    { topic: "scale: an event, CPU", peer, ours: last.event, theirs: first.event, ...grown },
    { topic: "scale: a read, CPU", peer: `${peer}, LevelDB's growth`, ours: reads.large.read, theirs: read, ...grown },
    {
      topic: "scale: disk, a DID",
      size: `${count(largest.dids)} DIDs`,
      peer: "schema version 3 (recorded)",
      ours: largest.bytes / largest.dids,
      theirs: BYTES_BEFORE,
      unit: "bytes",
      goal: 0.5,
    },
    await writtenRow(),
    { topic: "scale: open", size: keys, peer: limit, ours: opened.openMs, theirs: 100, unit: "ms", goal: 1 },
    { topic: "scale: memory", size: keys, peer: limit, ours: opened.megabytes, theirs: 400, unit: "MB", goal: 1 },
    ...(await serveRows(folder.path, last.dids, sizes)),
  ];
}

async function grow(folder: string, dids: readonly number[]): Promise<Point[]> {
  const points = await run<Point[]>("growth.ts", "grow", folder, ...dids);
  for (const { dids, event } of points)
    process.stderr.write(`  ${count(dids)} DIDs: an event ${event.toFixed(1)} us\n`);
  return points;
}

async function run<T>(file: string, ...args: readonly (string | number)[]): Promise<T> {
  await using program = await startProgram<T>(new URL(file, import.meta.url), args.map(String));
  return program.sent;
}

function readLine({ read, get }: ReadCost): string {
  return `${read.toFixed(1)} us, of which LevelDB ${get.toFixed(1)} us`;
}

function openLine(opened: Opened): string {
  const { openMs, verifyMs, megabytes, mapped } = opened;
  const memory = `${megabytes.toFixed(0)} MB, ${mapped.toFixed(0)} MB of files mapped`;
  return `  ${keysOf(opened)}: opened in ${openMs.toFixed(0)} ms, verified in ${verifyMs.toFixed(0)} ms, ${memory}\n`;
}

function keysOf({ dids }: Opened): string {
  return `${count(Math.round(KEYS_A_DID * dids))} keys`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
