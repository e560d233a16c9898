import { base64url } from "../primitives/base64url.ts";
import { hexOf } from "../primitives/hex.ts";
import type { StatusChunk } from "../status/apply-status-event.ts";
import { CHUNK_SIZE } from "../status/decode-status-log.ts";
import { inflate } from "../status/inflate.ts";
import { StatusListError } from "../status/status-list-error.ts";
import { ProofError } from "./proof-error.ts";

const CHUNK_BYTES = CHUNK_SIZE / 8;

/**
 * The two bitmaps of a list, each base64url of zlib: one bit per credential, the first in the least significant bit of a byte.
 */
export interface CheckpointBitmaps {
  readonly revoked: string;
  readonly suspended: string;
}

/**
 * The chunks of two bitmaps, without those that are zero.
 * @param size that of a decoded event, so that a list may have it.
 * @throws ProofError `PROOF_FORMAT` when a bitmap does not inflate to one bit for each of `size` statuses.
 */
export async function readCheckpointChunks(
  bitmaps: CheckpointBitmaps,
  size: number,
): Promise<Map<number, StatusChunk>> {
  const revoked = await bitmapOf(bitmaps.revoked, size);
  const suspended = await bitmapOf(bitmaps.suspended, size);
  const chunks = new Map<number, StatusChunk>();
  for (let index = 0; index < size / CHUNK_SIZE; index++) {
    const chunk = { revoked: bitmapAt(revoked, index), suspended: bitmapAt(suspended, index) };
    if (chunk.revoked !== 0n || chunk.suspended !== 0n) chunks.set(index, chunk);
  }
  return chunks;
}

async function bitmapOf(text: string, size: number): Promise<Uint8Array> {
  try {
    return await inflate(base64url.decode(text), "deflate", size / 8);
  } catch (error) {
    if (error instanceof StatusListError) throw malformed(error.message, error);
    throw malformed("a bitmap is no base64url", error);
  }
}

/** The first status of a chunk is its least significant bit. */
function bitmapAt(bitmap: Uint8Array, index: number): bigint {
  return BigInt(hexOf(bitmap.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).reverse()));
}

function malformed(why: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_FORMAT", `A checkpoint's bitmaps are malformed: ${why}`, { cause });
}
