import { Interface, JsonRpcProvider } from "ethers";
import { Level } from "level";
import { registryAddresses } from "../../../node/index/roots.ts";
import { didRegistryAbi } from "../../../resolver/abi.ts";
import { openFolder } from "../stage/folder.ts";
import type { BulkChain } from "./bulk.ts";

/** Blocks per request of the naive peer. */
const NAIVE_RANGE = 50;

/** Milliseconds of a naive indexer: one key per event, without heads, roots and states. */
export async function indexNaively({ url, descriptor, head, events }: BulkChain): Promise<number> {
  await using folder = await openFolder();
  const from = performance.now();
  const provider = new JsonRpcProvider(url, descriptor.chainId, { staticNetwork: true });
  const registry = new Interface(didRegistryAbi);
  const address = registryAddresses(descriptor);
  const database = new Level<string, string>(folder.path);
  let found = 0;
  for (let fromBlock = 0; fromBlock <= head; fromBlock += NAIVE_RANGE) {
    const logs = await provider.getLogs({ address, fromBlock, toBlock: Math.min(head, fromBlock + NAIVE_RANGE - 1) });
    const parsed = logs.map((log) => ({ log, event: registry.parseLog(log) })).filter(({ event }) => event !== null);
    found += parsed.length;
    await database.batch(
      parsed.map(({ log, event }) => ({
        type: "put",
        key: `${log.blockNumber}:${log.index}`,
        value: JSON.stringify({ name: event?.name, args: event?.args.map(String) }),
      })),
    );
  }
  const ms = performance.now() - from;
  await database.close();
  provider.destroy();
  if (found !== events) throw new Error(`parsed ${found} events of ${events}`);
  return ms;
}
