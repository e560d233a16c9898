import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Database, openLevel } from "../../../node/store/database.ts";
import { ChainSimulator, type SimulatedWrite } from "../../helpers/chain-simulator.ts";
import { memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

/** The finality of these chains. */
export const finality = { kind: "depth", blocks: 12 } as const;

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "mapae-store-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A chain with something of every kind: a DID's change in each block, and a type, a grant and a list in the first. */
export function chainOf(blocks: number): ChainSimulator {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) {
    const attribute: SimulatedWrite = { do: "attribute", identity: count % 5, value: count, validTo: 4e9 };
    chain.mine(count === 0 ? [attribute, ...OTHERS] : [attribute]);
  }
  return chain;
}

const OTHERS: readonly SimulatedWrite[] = [
  { do: "type", type: 0 },
  { do: "grant", identity: 1, type: 0, parent: null },
  { do: "list", identity: 1, list: 0 },
  { do: "status", identity: 1, list: 0, word: 511, bits: [0, 1, 255] },
];

/** An index on disk, followed to the chain's tip and closed in good order. */
export async function filled(t: TestContext, blocks = 40) {
  const path = await directory(t);
  const chain = chainOf(blocks);
  const network = chain.network(finality);
  const node = await SimulatedNode.start({ network, readers: [chain], database: await openLevel(path) });
  await node.settle();
  await node.stop();
  return { path, chain, network };
}

/** A node that follows a chain of 20 blocks into a database in memory. */
export async function inMemory() {
  const chain = chainOf(20);
  const network = chain.network(finality);
  const database = await memoryDatabase();
  const node = await SimulatedNode.start({ network, readers: [chain], database });
  await node.settle();
  return { chain, network, database, node };
}

/** Writes one entry, as no node does. */
export async function put(database: Database, key: string, value: string): Promise<void> {
  const batch = database.batch();
  batch.put(key, value);
  await batch.write({ sync: true });
}

/** Hex digits with one bit flipped. */
export function flipped(digits: string, at: number): string {
  return digits.slice(0, at) + (Number.parseInt(digits.charAt(at), 16) ^ 1).toString(16) + digits.slice(at + 1);
}
