import { Level } from "level";
import { type Database, ENCODINGS } from "../../../node/store/database.ts";
import { SimulatedNode } from "../../helpers/simulated-node.ts";
import { chainOf, writesOf } from "../operator/harness.ts";

interface Compacts {
  compactRange(from: string, to: string): Promise<void>;
}

const BLOCKS = 60;
const MORE_BLOCKS = 100;

/** The chain of {@link makeIndex}, all of it. */
export function damagedChain() {
  const chain = chainOf(BLOCKS);
  for (let count = 0; count < MORE_BLOCKS; count++) chain.mine(writesOf(BLOCKS + count));
  return chain;
}

/** Makes an index of several tables, a journal and a manifest of many edits, as a kill leaves it. */
export async function makeIndex(path: string): Promise<void> {
  const chain = chainOf(BLOCKS);
  const level = new Level<string, string>(path, { ...ENCODINGS, writeBufferSize: 65_536 } as object);
  await level.open();
  const node = await SimulatedNode.start({
    network: chain.network(),
    readers: [chain],
    database: level as unknown as Database,
  });
  await node.settle();
  for (let count = 0; count < MORE_BLOCKS; count++) {
    chain.mine(writesOf(BLOCKS + count));
    if (count % 5 === 0) await node.settle();
    // Files of several levels.
    if (count % 40 === 0) await (level as unknown as Compacts).compactRange("", "7e");
  }
  await node.settle();
  await node.stop({ crash: true });
  // LevelDB leaves its journal as it is.
  await level.close();
}
