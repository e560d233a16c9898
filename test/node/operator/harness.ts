import { join } from "node:path";
import type { TestContext } from "node:test";
import { type RunningNode, startNode } from "../../../node/main.ts";
import { openExport } from "../../../node/operator/open-export.ts";
import { type RestoreOptions, restore } from "../../../node/operator/restore.ts";
import { writeBackup } from "../../../node/operator/write-backup.ts";
import { openLevel } from "../../../node/store/database.ts";
import { IndexStore } from "../../../node/store/store.ts";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { endsOf, temporaryFolder } from "../../cli/harness.ts";
import { ChainSimulator, type SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { configFor, silent } from "../../helpers/real-node.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";

export const DEPTH = 12;

/** A chain with something of every kind in its first block, and a change of each in the others. */
export function chainOf(blocks: number, options?: ConstructorParameters<typeof ChainSimulator>[0]): ChainSimulator {
  const chain = new ChainSimulator(options);
  chain.mine(FIRST);
  for (let count = 0; count < blocks; count++) chain.mine(writesOf(count));
  return chain;
}

const FIRST: readonly SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "grant", identity: 1, type: 0, parent: null },
  { do: "list", identity: 1, list: 0 },
];

/** Some writes; not the same for another number, but for every third, which has none. */
export function writesOf(count: number): SimulatedWrite[] {
  if (count % 3 === 2) return [];
  const list = { identity: 1, list: 0 };
  const bits = [count % 256, (count + 1) % 256, (count + 2) % 256] as const;
  return [
    { do: "attribute", identity: count % 7, value: count, validTo: 4e9 },
    { do: "status", ...list, word: count % 50, bits },
    { do: "checkpoint", ...list, from: 0, count: 1 + (count % 4) },
  ];
}

/** An index on disk that followed a chain to its head and was closed. */
export async function filled(
  directory: string,
  { chain, network }: { chain: ChainReader; network: NetworkDescriptor },
): Promise<void> {
  const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(directory) });
  if (node.progress.state().kind !== "following") await node.settle();
  await node.stop();
}

/** A node on a data directory, without a log. */
export async function runningNode(
  t: TestContext,
  dataDir: string,
  { network, readers }: { network: NetworkDescriptor; readers: readonly ChainReader[] },
): Promise<RunningNode> {
  const node = await startNode(configFor({ network, dataDir }), { readers, logger: silent });
  endsOf(t)(() => node.stop());
  return node;
}

export async function backUp(directory: string, path: string) {
  await using history = await openExport(directory, "history");
  const written = await writeBackup({ history, path, onProgress: () => {}, signal: new AbortController().signal });
  return { ...history.header, ...written };
}

export function restoreBackup(options: Pick<RestoreOptions, "path" | "directory" | "network" | "reader">) {
  return restore({ ...options, onProgress: () => {}, signal: new AbortController().signal });
}

/** A chain, the backup of an index that followed it, and a directory to restore into. */
export async function backedUp(
  t: TestContext,
  { blocks = 60, finality = undefined as { kind: "instant" } | undefined } = {},
) {
  const folder = await temporaryFolder(t);
  const chain = chainOf(blocks);
  const network = chain.network(finality);
  await filled(join(folder, "index"), { chain, network });
  const path = join(folder, "backup");
  const backup = await backUp(join(folder, "index"), path);
  return { folder, chain, network, path, backup, directory: join(folder, "restored") };
}

/** The content hash of a closed index, and the block that it holds as of. */
export async function contentOf(directory: string, network: NetworkDescriptor) {
  const store = await IndexStore.open(await openLevel(directory), network);
  try {
    await store.verify();
    return store.contentHash();
  } finally {
    await store.close();
  }
}
