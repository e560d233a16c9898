import { z } from "zod";
import type { Hash } from "../../resolver/primitives/hex.ts";
import type { Roots } from "../index/roots.ts";

const hash = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((value) => value as Hash);
const number = z.int().min(0);

/** What a node answers at `/digests/{block}`. */
export const digestSchema = z.object({
  network: z.string().max(100),
  genesisHash: hash,
  block: number,
  roots: z.object({ did: hash, trust: hash, status: hash }),
  content: z.object({ schemaVersion: number, hash }).nullable(),
});

/** What an index holds as of a block. */
export interface Held {
  readonly roots: Roots;
  /** The content hash, where the block can still be gone back to. Another schema version keeps the same content as other bytes. */
  readonly content: { readonly schemaVersion: number; readonly hash: Hash } | null;
}

/**
 * What an index adds up to as of a block that stays, short enough to be compared with another node's: two honest nodes of
 * one network say the same.
 */
export interface Digest extends Held {
  readonly network: string;
  readonly genesisHash: Hash;
  readonly block: number;
}
