import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { Row } from "../measuring/row.ts";
import { compare } from "../measuring/timing.ts";
import type { Stage } from "../stage/chain-and-node.ts";

const run = promisify(execFile);

/** Maximum milliseconds of a command without requests, and of one that asks a chain on this machine. */
const HELP_WITHIN_MS = 150;
const RESOLVE_WITHIN_MS = 300;

/** Times from starting `mapae` to its end. The time of Node.js alone, which is the lower bound, is printed beside the rows. */
export async function commandLineRows(
  { file, rpcUrl }: Pick<Stage, "file" | "rpcUrl">,
  did: string,
  rounds: number,
): Promise<Row[]> {
  const node = (...args: string[]) => run(process.execPath, args);
  const mapae = (...args: string[]) => node(join(REPOSITORY, "cli", "mapae.mjs"), ...args);
  const nothing = () => node("--eval", "0");
  const often = { times: { ours: 1, theirs: 1 }, rounds };
  const help = await compare({ ours: () => mapae("--help"), theirs: nothing, ...often });
  const resolve = await compare({
    ours: () => mapae("resolve", did, "--network", file, "--rpc", rpcUrl),
    theirs: nothing,
    ...often,
  });
  process.stderr.write(`  node --eval 0: ${help.theirs.toFixed(0)} ms\n`);
  const limit = { size: "from start to end", peer: "a limit of ours", unit: "ms", goal: 1 } as const;
  return [
    { topic: "command line: mapae --help", ours: help.ours, theirs: HELP_WITHIN_MS, ...limit },
    { topic: "command line: mapae resolve", ours: resolve.ours, theirs: RESOLVE_WITHIN_MS, ...limit },
  ];
}
