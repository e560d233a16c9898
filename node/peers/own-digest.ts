import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { Indexer } from "../index/indexer.ts";
import type { ContentHashes } from "./content-hashes.ts";
import type { Digest } from "./digest.ts";

export interface OwnDigestOptions {
  readonly network: NetworkDescriptor;
  readonly indexer: Indexer;
  readonly hashes: ContentHashes;
}

/**
 * This node's digest as of a block that stays.
 * @throws UnavailableError for a block that is not known to stay yet.
 */
export async function ownDigest(
  { network, indexer, hashes }: OwnDigestOptions,
  asked: number | "finalized",
): Promise<Digest> {
  const settled = indexer.settled();
  if (settled === undefined) throw new UnavailableError("This node has no block yet that stays");
  const block = asked === "finalized" ? settled : asked;
  if (block > settled) {
    throw new UnavailableError(`Got block ${block}, but block ${settled} is the newest that stays: ask again later`);
  }
  const { name, genesisHash } = network;
  return { network: name, genesisHash, block, roots: await indexer.rootsAt(block), content: hashes.made };
}
