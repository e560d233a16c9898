import { UnavailableError } from "../../resolver/errors.ts";
import type { NetworkDescriptor } from "../../resolver/network.ts";
import type { ServedIndex } from "../index/served-index.ts";
import { SCHEMA_VERSION } from "../store/keys.ts";
import type { IndexStore } from "../store/store.ts";
import type { Digest, IndexHashes } from "./digest.ts";

export interface OwnDigestOptions {
  readonly network: NetworkDescriptor;
  readonly index: Pick<ServedIndex, "settled" | "rootsAt">;
  readonly store: Pick<IndexStore, "contentHash">;
}

/**
 * This node's digest as of a block that is never undone.
 * @throws UnavailableError for a block that may still be undone.
 */
export async function ownDigest(options: OwnDigestOptions, asked: number | "finalized"): Promise<Digest> {
  const settled = options.index.settled();
  if (settled === undefined) throw new UnavailableError("This node has no block yet that stays");
  const block = asked === "finalized" ? settled : asked;
  if (block > settled) {
    throw new UnavailableError(`Got block ${block}, but block ${settled} is the newest that stays: ask again later`);
  }
  const { name, genesisHash } = options.network;
  return { network: name, genesisHash, block, ...(await ownHashes(options, block)) };
}

/**
 * Roots and content hash of this node as of a block that is never undone.
 * @throws UnavailableError while no block is served.
 */
export async function ownHashes({ index, store }: OwnDigestOptions, block: number): Promise<IndexHashes> {
  const content = store.contentHash(block);
  const roots = await index.rootsAt(block);
  return { roots, content: content === undefined ? null : { schemaVersion: SCHEMA_VERSION, hash: content.hash } };
}
