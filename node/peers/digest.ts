import { z } from "zod";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { Roots } from "../index/roots.ts";

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((value) => value as Hash);
const block = z.int().min(0);

/** What a node answers at `/digests/{block}`. */
export const digestSchema = z.object({
  network: z.string().max(100),
  genesisHash: hash,
  block,
  roots: z.object({ did: hash, trust: hash, status: hash }),
  content: z.array(z.object({ block, hash })).max(16),
});

/**
 * What an index adds up to as of a block that stays, short enough to be compared with another node's: two honest nodes of
 * one network say the same.
 */
export interface Digest {
  readonly network: string;
  readonly genesisHash: Hash;
  readonly block: number;
  readonly roots: Roots;
  /** Content hashes that were made lately, oldest first: see {@link ContentHashes}. */
  readonly content: readonly { readonly block: number; readonly hash: Hash }[];
}
