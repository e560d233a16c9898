import { writeFile } from "node:fs/promises";
import type { ExampleConfig } from "../../../../examples/mobile-id/shared/config.ts";
import { PROGRAMS, startNetwork, startParts } from "../../helpers/parts.ts";
import { type Recorder, record } from "./recorder.ts";

/** The example on a network of its own, where all that its node and its chain receive is recorded. */
export interface RecordedExample {
  readonly config: ExampleConfig;
  /** Folder of the network: its logs and the node's data. */
  readonly local: string;
  readonly node: Recorder;
  readonly chain: Recorder;
}

/** Starts a network, recorders before its node and its chain, and all parts; each ends with the test. */
export async function startRecorded(t: { after(end: () => Promise<unknown>): void }): Promise<RecordedExample> {
  const { local, file, config } = await startNetwork(t);
  const [node, chain] = [await record(config.nodes[0] ?? ""), await record(config.chain)];
  t.after(() => node.close());
  t.after(() => chain.close());
  const recorded: ExampleConfig = { ...config, nodes: [node.url], chain: chain.url };
  await writeFile(file, JSON.stringify(recorded));
  await startParts(t, { file, config: recorded, programs: PROGRAMS });
  return { config: recorded, local, node, chain };
}
