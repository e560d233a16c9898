import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Child, firstMessage, startChild } from "../../../../cli/local/child.ts";
import { localUrls, writeLocalConfig } from "../../../../examples/mobile-id/local-config.ts";
import type { ExampleConfig } from "../../../../examples/mobile-id/shared/config.ts";
import { Start } from "../../../e2e/start.ts";
import { freeRange } from "../../helpers/stage.ts";
import { type Recorder, record } from "./recorder.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", "..", "..", "examples", "mobile-id");

/** Programs of the example. */
export const PROGRAMS = ["issuer", "approval", "wallet", "gate"] as const;
export type Program = (typeof PROGRAMS)[number];

/** The example on a network of its own, where all that its node and its chain receive is recorded. */
export interface RecordedExample {
  readonly config: ExampleConfig;
  /** Folder of the network: its logs and the node's data. */
  readonly local: string;
  readonly node: Recorder;
  readonly chain: Recorder;
  readonly stop: (program: Program) => Promise<void>;
  /** Ends the network: no node and no chain answers any more. */
  readonly cutNetwork: () => Promise<void>;
  readonly logOf: (program: Program) => Promise<string>;
}

/** Starts a network, recorders before its node and its chain, and all parts; each ends with the test. */
export async function startRecorded(t: { after(end: () => Promise<unknown>): void }): Promise<RecordedExample> {
  const start = await Start.in(t);
  await start.prints(/Ctrl-C stops all/);
  const local = join(start.home, "local");
  const { file, config } = await writeLocalConfig(local, localUrls(await freeRange()));
  const [node, chain] = [await record(config.nodes[0] ?? ""), await record(config.chain)];
  t.after(() => node.close());
  t.after(() => chain.close());
  const recorded: ExampleConfig = { ...config, nodes: [node.url], chain: chain.url };
  await writeFile(file, JSON.stringify(recorded));
  const children = new Map<Program, Child>();
  const logOf = (program: Program) => join(config.data, `${program}.log`);
  for (const program of PROGRAMS) {
    const env = { ...process.env, EXAMPLE_CONFIG: file };
    const child = startChild({ args: [join(EXAMPLE, program, "main.ts")], env, log: logOf(program) });
    children.set(program, child);
    t.after(() => child.stop());
    await firstMessage(child);
  }
  return {
    config: recorded,
    local,
    node,
    chain,
    stop: async (program) => children.get(program)?.stop(),
    cutNetwork: async () => {
      await start.end("SIGTERM");
    },
    logOf: (program) => readFile(logOf(program), "utf8"),
  };
}
