import type { ChainReader, Log } from "../../../resolver/chain/chain-reader.ts";
import { ChainDataError, UnavailableError } from "../../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { decodeRegistryLog } from "../../../resolver/registry-event.ts";
import type { Indexer } from "../indexer.ts";
import type { BlockRef } from "../recent-blocks.ts";
import { type Roots, registriesOf, rootSlots, rootsOf, sameRoots } from "../roots.ts";
import { firstDifference } from "./first-difference.ts";

/**
 * What the chain says of the blocks that an index holds:
 * - `equal`: its roots are the chain's at the newest one;
 * - `parted`: up to `ancestor`, whose `roots` these are, it is what the chain wrote, and no longer after it. `isCertain` when
 *   receipts say so, and not only the servers of now;
 * - `foreign`: its roots are the chain's at none of the blocks that can be gone back to.
 */
export type Verdict =
  | { readonly kind: "equal" }
  | { readonly kind: "parted"; readonly ancestor: BlockRef; readonly roots: Roots; readonly isCertain: boolean }
  | { readonly kind: "foreign" };

export interface RecheckOptions {
  readonly indexer: Pick<Indexer, "recent" | "rootsHeldAt" | "logsHeldIn">;
  readonly reader: ChainReader;
  readonly network: NetworkDescriptor;
}

/**
 * Compares the roots of an index with those that the chain's servers show now, at the hashes of the blocks that it holds.
 *
 * @param suspects numbers of blocks whose logs are compared with their receipts first: these can't be forged by a server that
 * told the blocks' hashes, whatever roots it shows.
 * @throws UnavailableError, ChainDataError when they could not be asked: that is no verdict.
 */
export async function recheck(options: RecheckOptions, suspects: readonly number[] = []): Promise<Verdict> {
  const { indexer, reader, network } = options;
  const held = indexer.recent;
  const { tip, floor } = held;
  for (const suspect of suspects.toSorted((a, b) => a - b)) {
    const [ancestor, block] = [held.at(suspect - 1), held.at(suspect)];
    if (ancestor === undefined || block === undefined || (await holdsReceipts(options, block))) continue;
    return { kind: "parted", ancestor, roots: await indexer.rootsHeldAt(ancestor.number), isCertain: true };
  }
  const slots = rootSlots(network);
  const equalAt = async (number: number): Promise<Roots | undefined> => {
    const at = held.at(number);
    if (at === undefined) return undefined;
    const theirs = rootsOf(await reader.storage(slots, at.hash));
    // Some servers read what they do not keep as zero.
    if (theirs === null)
      throw new ChainDataError(`The chain shows no registry at block ${number}, where there was one`);
    return sameRoots(await indexer.rootsHeldAt(number), theirs) ? theirs : undefined;
  };
  if (tip === undefined || floor === undefined || (await equalAt(tip.number))) return { kind: "equal" };
  const agree = async (number: number) => (await equalAt(number)) !== undefined;
  const ancestor = held.at((await firstDifference(agree, floor.number, tip.number)) - 1);
  // Asked once more: of servers that change their mind nothing follows.
  const roots = ancestor && (await equalAt(ancestor.number));
  return ancestor && roots ? { kind: "parted", ancestor, roots, isCertain: false } : { kind: "foreign" };
}

/** Whether an index holds of a block the registries' logs that its receipts have, and no others. */
async function holdsReceipts({ indexer, reader, network }: RecheckOptions, block: BlockRef): Promise<boolean> {
  const [header] = await reader.checkedHeaders([block.hash]);
  if (header === undefined) throw new UnavailableError(`The chain has no block ${block.hash} now`);
  const registries = registriesOf(network);
  const theirs = (await reader.receiptLogs(header)).filter((log) => decodeRegistryLog(log, block.time, registries));
  const ours = await indexer.logsHeldIn(block.number);
  return JSON.stringify(ours.map(essence)) === JSON.stringify(theirs.map(essence));
}

/** What receipts bind of a log. */
function essence({ address, topics, data, logIndex }: Log): readonly unknown[] {
  return [logIndex, address, topics, data];
}
