import assert from "node:assert/strict";
import type { ChainReader } from "../../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../../resolver/errors.ts";
import type { Hash } from "../../../resolver/primitives/hex.ts";
import { ChainSimulator, type SimulatedWrite, simulatedIdentity } from "../../helpers/chain-simulator.ts";
import { memoryDatabase, SimulatedNode } from "../../helpers/simulated-node.ts";

export const DEPTH = 12;
export const finality = { kind: "depth", blocks: DEPTH } as const;
export const set = (identity: number, value = 1): SimulatedWrite => ({
  do: "attribute",
  identity,
  value,
  validTo: 4e9,
});
export const ALICE = simulatedIdentity(0);
export const BOB = simulatedIdentity(1);

/** A node that follows a simulated chain of some blocks, the first 20 of which have events. */
export async function following({
  blocks = 30,
  reader,
}: {
  blocks?: number;
  reader?: (chain: ChainSimulator) => ChainReader;
} = {}) {
  const chain = new ChainSimulator();
  for (let count = 0; count < blocks; count++) chain.mine(count < 20 ? [set(0, count)] : []);
  const network = chain.network(finality);
  const database = await memoryDatabase();
  const readers = [reader?.(chain) ?? chain];
  const node = await SimulatedNode.start({ network, readers, database });
  return { chain, network, database, readers, node };
}

/** A reader that asks another one each time. */
export function switching(reader: () => ChainReader): ChainReader {
  return {
    chainId: () => reader().chainId(),
    header: (block) => reader().header(block),
    headers: (numbers) => reader().headers(numbers),
    checkedHeaders: (blocks) => reader().checkedHeaders(blocks),
    receiptLogs: (header) => reader().receiptLogs(header),
    logs: (filter) => reader().logs(filter),
    storage: (slots, hash) => reader().storage(slots, hash),
    logsAndStorage: (addresses, slots, hash) => reader().logsAndStorage(addresses, slots, hash),
    history: (query) => reader().history(query),
    code: (address) => reader().code(address),
    codes: (addresses) => reader().codes(addresses),
  };
}

/** A server that has the blocks of a chain up to one, and knows nothing of those after it. */
export function hasUpTo(chain: ChainSimulator, head = () => chain.tip.number): ChainReader {
  const all = switching(() => chain);
  const has = async (block: Hash | undefined) => {
    if (block !== undefined && chain.block(block).number > head()) throw new UnavailableError("unknown block");
  };
  return {
    ...all,
    async header(block) {
      const header = await all.header(block === "latest" ? head() : block);
      return header !== null && header.number > head() ? null : header;
    },
    async headers(numbers) {
      await has(numbers.some((number) => number > head()) ? chain.tip.hash : undefined);
      return all.headers(numbers);
    },
    async storage(slots, block) {
      await has(block);
      return all.storage(slots, block);
    },
    async logsAndStorage(addresses, slots, block) {
      await has(block);
      return all.logsAndStorage(addresses, slots, block);
    },
  };
}

/** A reader that writes down what it is asked. */
export function recording(reader: ChainReader, asked: string[], instead: Partial<ChainReader> = {}): ChainReader {
  const all = { ...reader, ...instead };
  const methods = Object.entries(all).map(([name, method]: [string, (...args: never[]) => unknown]) => [
    name,
    (...args: never[]) => {
      asked.push(name);
      return method(...args);
    },
  ]);
  return Object.fromEntries(methods);
}

/** Lets a node poll often enough to accept the reason that halts it. */
export async function untilHalted(node: SimulatedNode): Promise<void> {
  for (let ticks = 0; ticks < 10; ticks++) await node.tick();
  assert.equal(node.progress.state().kind, "halted", JSON.stringify(node.progress.state()));
}
