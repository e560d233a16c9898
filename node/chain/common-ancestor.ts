import type { ChainReader, Header } from "../../resolver/chain/chain-reader.ts";
import { ChainDataError, MapaeError, UnavailableError } from "../../resolver/errors.ts";
import type { BlockRef, RecentBlocks } from "../index/recent-blocks.ts";

/** The chain was reorganised deeper than a node can undo. */
export class ReorgTooDeepError extends MapaeError {
  readonly code = "REORG_TOO_DEEP";
}

/**
 * Walks back from a block of another branch by parent hashes to the newest block that the index also has.
 *
 * @param final number of the newest final block.
 * @throws ReorgTooDeepError when there is none at or above it; UnavailableError when a block of that branch can't be read,
 * or no longer.
 */
export async function commonAncestor(
  reader: ChainReader,
  { held, final }: { held: RecentBlocks; final: number },
  from: Header,
): Promise<BlockRef> {
  const floor = Math.max(held.floor?.number ?? 0, final);
  let header = from;
  while (header.number > floor) {
    const ours = held.at(header.number - 1);
    if (ours?.hash === header.parentHash) return ours;
    const parent = await reader.header(header.parentHash);
    if (parent === null) throw new UnavailableError(`The chain no longer has block ${header.parentHash}`);
    if (parent.number !== header.number - 1) {
      throw new ChainDataError(`The chain numbers the parent of block ${header.number} as ${parent.number}`);
    }
    header = parent;
  }
  const ours = held.at(header.number);
  throw new ReorgTooDeepError(
    `The chain has block ${header.hash} at number ${header.number}, here it is ${ours?.hash ?? "unknown"}, which is final ` +
      "or beyond what can be undone. Nothing was changed. Find out which branch the validators hold for true: if it is " +
      "the new one, stop the node, remove its data directory and start it again; if not, give it another RPC",
  );
}
