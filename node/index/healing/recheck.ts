import type { ChainReader, Log } from "../../../resolver/chain/chain-reader.ts";
import { ChainDataError, UnavailableError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { decodeRegistryLog } from "../../../resolver/registry-event.ts";
import type { Indexer } from "../indexer.ts";
import type { BlockRef } from "../recent-blocks.ts";
import { type Roots, registriesOf, rootSlots, rootsOf, sameRoots } from "../roots.ts";
import { firstDifference } from "./first-difference.ts";

/**
 * Result of comparing an index with the chain:
 * - `equal`: the roots are equal at the newest block of the index;
 * - `differs`: the index is right up to `ancestor`, as of which `roots` hold, and wrong after it. `isCertain` when receipts
 *   prove it, otherwise it rests on what the servers show now;
 * - `foreign`: the roots are equal at no block of the undo window.
 */
export type Verdict =
  | { readonly kind: "equal" }
  | { readonly kind: "differs"; readonly ancestor: BlockRef; readonly roots: Roots; readonly isCertain: boolean }
  | { readonly kind: "foreign" };

export interface RecheckOptions {
  readonly indexer: Pick<Indexer, "recent" | "logsHeldIn">;
  readonly reader: ChainReader;
  readonly network: NetworkDescriptor;
}

/**
 * Compares the roots of an index with those that the chain's servers show now, at the hashes of its recent blocks.
 *
 * @param suspects numbers of blocks whose logs are first compared with their receipts. The block's hash commits to the
 * receipts, so a server that shows wrong roots can't forge them.
 * @throws UnavailableError, ChainDataError when the servers could not be asked: that is no verdict.
 */
export async function recheck(options: RecheckOptions, suspects: readonly number[] = []): Promise<Verdict> {
  const { indexer, reader, network } = options;
  const held = indexer.recent;
  const { tip, floor } = held;
  for (const suspect of suspects.toSorted((a, b) => a - b)) {
    const [ancestor, block] = [held.at(suspect - 1), held.at(suspect)];
    if (ancestor === undefined || block === undefined || (await holdsReceipts(options, block))) continue;
    return { kind: "differs", ancestor, roots: ancestor.totals.roots, isCertain: true };
  }
  const slots = rootSlots(network);
  const equalAt = async (number: number): Promise<Roots | undefined> => {
    const at = held.at(number);
    if (at === undefined) return undefined;
    const theirs = rootsOf(await reader.storage(slots, at.hash));
    // Some servers return zero for states that they do not keep.
    if (theirs === null)
      throw new ChainDataError(`The chain shows no registry at block ${number}, where there was one`);
    return sameRoots(at.totals.roots, theirs) ? theirs : undefined;
  };
  if (tip === undefined || floor === undefined || (await equalAt(tip.number))) return { kind: "equal" };
  const agree = async (number: number) => (await equalAt(number)) !== undefined;
  const ancestor = held.at((await firstDifference(agree, floor.number, tip.number)) - 1);
  // Asked a second time: nothing is undone because of servers whose answers change.
  const roots = ancestor && (await equalAt(ancestor.number));
  return ancestor && roots ? { kind: "differs", ancestor, roots, isCertain: false } : { kind: "foreign" };
}

/** Whether the index has exactly the registries' logs that are in the block's receipts. */
async function holdsReceipts({ indexer, reader, network }: RecheckOptions, block: BlockRef): Promise<boolean> {
  const [header] = await reader.checkedHeaders([block.hash]);
  if (header === undefined) throw new UnavailableError(`The chain has no block ${block.hash} now`);
  const registries = registriesOf(network);
  const theirs = (await reader.receiptLogs(header)).filter((log) => decodeRegistryLog(log, block.time, registries));
  const ours = await indexer.logsHeldIn(block.number);
  return JSON.stringify(ours.map(essence)) === JSON.stringify(theirs.map(essence));
}

/** The members of a log that its receipt determines. */
function essence({ address, topics, data, logIndex }: Log): readonly unknown[] {
  return [logIndex, address, topics, data];
}
