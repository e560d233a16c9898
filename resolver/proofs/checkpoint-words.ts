import { base64url } from "../primitives/base64url.ts";
import { hexOf } from "../primitives/hex.ts";
import type { StatusWord } from "../status/apply-status-event.ts";
import { WORD_BITS } from "../status/decode-status-log.ts";
import { inflate } from "../status/inflate.ts";
import { StatusListError } from "../status/status-list-error.ts";
import { ProofError } from "./proof-error.ts";

/** `StatusRegistry.MAX_SIZE`: most statuses of a list. */
const MAX_SIZE = 1_048_576;
const WORD_BYTES = WORD_BITS / 8;

/** The two bitmaps of a list, each base64url of zlib: a bit a credential, the first in the least significant bit of a byte. */
export interface CheckpointBitmaps {
  readonly revoked: string;
  readonly suspended: string;
}

/**
 * The words of two bitmaps; those that are zero are left out.
 * @throws ProofError `PROOF_FORMAT` when a bitmap does not inflate to one bit for each of `size` statuses.
 */
export async function readCheckpointWords(bitmaps: CheckpointBitmaps, size: number): Promise<Map<number, StatusWord>> {
  if (size % WORD_BITS !== 0 || size > MAX_SIZE) throw malformed(`a list has ${size} statuses`);
  const revoked = await bitmapOf(bitmaps.revoked, size);
  const suspended = await bitmapOf(bitmaps.suspended, size);
  const words = new Map<number, StatusWord>();
  for (let index = 0; index < size / WORD_BITS; index++) {
    const word = { revoked: wordAt(revoked, index), suspended: wordAt(suspended, index) };
    if (word.revoked !== 0n || word.suspended !== 0n) words.set(index, word);
  }
  return words;
}

async function bitmapOf(text: string, size: number): Promise<Uint8Array> {
  try {
    return await inflate(base64url.decode(text), "deflate", size / 8);
  } catch (error) {
    if (error instanceof StatusListError) throw malformed(error.message, error);
    throw malformed("a bitmap is no base64url", error);
  }
}

/** The first status of a word is its least significant bit. */
function wordAt(bitmap: Uint8Array, index: number): bigint {
  return BigInt(hexOf(bitmap.slice(index * WORD_BYTES, (index + 1) * WORD_BYTES).reverse()));
}

function malformed(why: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_FORMAT", `A checkpoint's bitmaps are malformed: ${why}`, { cause });
}
