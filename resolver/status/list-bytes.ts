import type { StatusChunk } from "./apply-status-event.ts";
import { CHUNK_SIZE } from "./decode-status-log.ts";

/**
 * The forms of a list as bytes, before compression:
 * - `token`: IETF Token Status List, 2 bits for each credential, the first in the least significant bits of a byte: 0 valid, 1
 *   revoked (INVALID), 2 suspended (SUSPENDED); revoked when it is both;
 * - `revocation`, `suspension`: W3C Bitstring Status List v1.0, 1 bit each, the first in the most significant bit of a byte.
 */
export const LIST_FORMS = ["token", "revocation", "suspension"] as const;
/** One of {@link LIST_FORMS}. */
export type ListForm = (typeof LIST_FORMS)[number];

/** Bits of one status in each form. */
export const STATUS_BITS: Readonly<Record<ListForm, 1 | 2>> = { token: 2, revocation: 1, suspension: 1 };

/** A status of a Token Status List (its draft, section "Status Types Values"): the credential is valid. */
export const VALID = 0;
/** The credential is revoked, which can't be undone. */
export const INVALID = 1;
/** The credential is suspended, and may become valid again. */
export const SUSPENDED = 2;

/** For each byte, its eight bits with a zero above each: `hgfedcba` becomes `0h0g0f0e0d0c0b0a`. */
const SPREAD = Uint16Array.from({ length: 256 }, (_, byte) => {
  let spread = 0;
  for (let bit = 0; bit < 8; bit++) spread |= ((byte >> bit) & 1) << (2 * bit);
  return spread;
});

/** For each byte, the byte with its bits in reverse order. */
const REVERSED = Uint8Array.from({ length: 256 }, (_, byte) => {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
});

/** Number of bytes of a list with room for `size` credentials. */
export function listLength(form: ListForm, size: number): number {
  return (size * STATUS_BITS[form]) / 8;
}

/** A whole list from its chunks by index; chunks that were never written are zero. */
export function listBytes(form: ListForm, chunks: Iterable<readonly [number, StatusChunk]>, size: number): Uint8Array {
  const bytes = new Uint8Array(listLength(form, size));
  for (const [index, chunk] of chunks) writeChunk(form, bytes, index, chunkBytes(chunk));
  return bytes;
}

/** The bitmaps of a chunk as bytes, in the order of the credentials. */
export interface ChunkBytes {
  readonly revoked: Uint8Array;
  readonly suspended: Uint8Array;
}

/** The bytes of a chunk, from which each form of it is written. */
export function chunkBytes({ revoked, suspended }: StatusChunk): ChunkBytes {
  return { revoked: bytesOf(revoked), suspended: bytesOf(suspended) };
}

/** Writes one chunk of a list to its place, replacing the bytes there. */
export function writeChunk(form: ListForm, bytes: Uint8Array, index: number, chunk: ChunkBytes): void {
  let at = listLength(form, index * CHUNK_SIZE);
  if (form !== "token") {
    const bitmap = chunk[form === "revocation" ? "revoked" : "suspended"];
    for (let place = 0; place < CHUNK_BYTES; place++) bytes[at++] = REVERSED[bitmap[place] as number] as number;
    return;
  }
  for (let place = 0; place < CHUNK_BYTES; place++) {
    const revoked = chunk.revoked[place] as number;
    const onlySuspended = (chunk.suspended[place] as number) & ~revoked;
    const pairs = (SPREAD[revoked] as number) | ((SPREAD[onlySuspended] as number) << 1);
    bytes[at++] = pairs & 0xff;
    bytes[at++] = pairs >> 8;
  }
}

/** Bytes of the bitmap of a chunk. */
const CHUNK_BYTES = CHUNK_SIZE / 8;

const NOTHING_SET = new Uint8Array(CHUNK_BYTES);

/** The bytes of a bitmap, in the order of the credentials. */
function bytesOf(bitmap: bigint): Uint8Array {
  if (bitmap === 0n) return NOTHING_SET;
  const bytes = new Uint8Array(CHUNK_BYTES);
  const view = new DataView(bytes.buffer);
  // `setBigUint64` writes the lowest 64 bits of a number.
  for (let at = 0, rest = bitmap; rest > 0n; at += 8, rest >>= 64n) view.setBigUint64(at, rest, true);
  return bytes;
}
