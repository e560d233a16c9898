import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { Row } from "../measuring/row.ts";
import { compare } from "../measuring/timing.ts";
import type { Stage } from "../stage/chain-and-node.ts";

const run = promisify(execFile);

/**
 * Maximum time of a command without requests, and of one that asks a chain on this machine, in starts of Node.js: 150 and
 * 300 ms where Node.js starts in 25 ms.
 */
const HELP_WITHIN = 6;
const RESOLVE_WITHIN = 12;

/** Times from starting `mapae` to its end, against Node.js alone, which is the lower bound. */
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
  const row = { size: "from start to end", peer: "node --eval 0", unit: "ms" } as const;
  return [
    { topic: "command line: mapae --help", ...row, ...help, goal: HELP_WITHIN },
    { topic: "command line: mapae resolve", ...row, ...resolve, goal: RESOLVE_WITHIN },
  ];
}
