import { keccak256 as keccakInJavaScript } from "ethers/crypto";
import { getBytes } from "ethers/utils";
import { createKeccak } from "hash-wasm";
import { type Hash, type Hex, scratchOf, writeBytes } from "./hex.ts";

/** A hash that is hashed again: its 32 bytes. */
export type Digest = Uint8Array;

/** What is hashed: bytes in well-formed hex, a number as a 32-byte word, a digest. */
export type Part = Hex | number | Digest;

interface Hasher {
  /** `0x` and lower-case digits. */
  hex(bytes: Uint8Array): Hash;
  bytes(bytes: Uint8Array): Digest;
}

const hasher = await fastest();

/** Where the bytes of one hash are put together: an array for each would cost more than the hash. */
let scratch = scratchOf(4_096);

/** keccak-256 of parts one after the other, as `abi.encodePacked` has them. */
export function keccak256(...parts: readonly Part[]): Hash {
  return hasher.hex(together(parts));
}

/** {@link keccak256} as bytes. */
export function digest(...parts: readonly Part[]): Digest {
  return hasher.bytes(together(parts));
}

/** keccak-256 of a text's UTF-8 bytes. */
export function keccak256Text(text: string): Hash {
  return hasher.hex(new TextEncoder().encode(text));
}

function together(parts: readonly Part[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += typeof part === "string" ? part.length / 2 - 1 : 32;
  if (size > scratch.length) scratch = scratchOf(2 * size);
  let end = 0;
  for (const part of parts) end = append(end, part);
  return scratch.subarray(0, end);
}

function append(start: number, part: Part): number {
  if (typeof part === "string") return writeBytes(scratch, start, part);
  if (typeof part === "number") {
    scratch.fill(0, start, start + 24);
    writeUint32(start + 24, part / 2 ** 32);
    writeUint32(start + 28, part);
  } else scratch.set(part, start);
  return start + 32;
}

/** The lowest 32 bits of a number, whatever is after its point. */
function writeUint32(start: number, value: number): void {
  scratch[start] = value >>> 24;
  scratch[start + 1] = value >>> 16;
  scratch[start + 2] = value >>> 8;
  scratch[start + 3] = value;
}

/**
 * Compiled to WebAssembly it is ten times as fast as in JavaScript, and a node hashes four times for every event of a
 * network. A web page may forbid WebAssembly by its content security policy, and gets ethers' own.
 */
async function fastest(): Promise<Hasher> {
  try {
    const wasm = await createKeccak(256);
    return {
      hex: (bytes) => `0x${wasm.init().update(bytes).digest("hex")}`,
      bytes: (bytes) => wasm.init().update(bytes).digest("binary"),
    };
  } catch {
    const hex = (bytes: Uint8Array) => keccakInJavaScript(bytes) as Hash;
    return { hex, bytes: (bytes) => getBytes(hex(bytes)) };
  }
}
