import { z } from "zod";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { Roots } from "../index/roots.ts";

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((value) => value as Hash);
const number = z.int().min(0);

/** The answer of a node at `/digests/{block}`. */
export const digestSchema = z.object({
  network: z.string().max(100),
  genesisHash: hash,
  block: number,
  roots: z.object({ did: hash, trust: hash, status: hash }),
  content: z.object({ schemaVersion: number, hash }).nullable(),
});

/** Roots and content hash of an index as of a block. */
export interface IndexHashes {
  readonly roots: Roots;
  /** The content hash; `null` when the block is outside the undo window. It depends on the schema version. */
  readonly content: { readonly schemaVersion: number; readonly hash: Hash } | null;
}

/**
 * A short summary of an index as of a block that is never undone, for comparison with other nodes: it is equal on all honest
 * nodes of a network.
 */
export interface Digest extends IndexHashes {
  readonly network: string;
  readonly genesisHash: Hash;
  readonly block: number;
}
