import { keccak_256 } from "@noble/hashes/sha3.js";
import { type Address, type Hash, type Hex, hexOf, writeBytes } from "./hex.ts";
import { NodeBuffer, nodeCrypto } from "./platform.ts";

/** What is hashed: bytes in well-formed hex, or a number as a 32-byte word. */
export type Part = Hex | number;

/**
 * keccak-256 of bytes: by OpenSSL where it supports it (Node 24 and newer, OpenSSL 3.2), otherwise in JavaScript, which takes
 * five to ten times as long. A node computes four hashes for every event of a network.
 */
export const keccak256Bytes: (bytes: Uint8Array) => Hash = byOpenSsl() ?? keccak256InJavaScript;

/** keccak-256 of a text's UTF-8 bytes. */
export const keccak256Text: (text: string) => Hash =
  byOpenSsl() ?? ((text) => keccak256InJavaScript(new TextEncoder().encode(text)));

function byOpenSsl(): ((data: Uint8Array | string) => Hash) | undefined {
  const crypto = nodeCrypto;
  if (!crypto?.getHashes().includes("keccak-256")) return undefined;
  return (data) => `0x${crypto.hash("keccak-256", data, "hex")}`;
}

/** {@link keccak256Bytes} where OpenSSL does not support it. */
export function keccak256InJavaScript(bytes: Uint8Array): Hash {
  return hexOf(keccak_256(bytes));
}

/** keccak-256 of concatenated parts, as by `abi.encodePacked`. */
export function keccak256(...parts: readonly Part[]): Hash {
  let size = 0;
  for (const part of parts) size += typeof part === "string" ? part.length / 2 - 1 : 32;
  // `allocUnsafe` is safe: every byte is written below.
  const bytes = NodeBuffer === undefined ? new Uint8Array(size) : NodeBuffer.allocUnsafe(size);
  let end = 0;
  for (const part of parts) end = typeof part === "string" ? writeBytes(bytes, end, part) : writeWord(bytes, end, part);
  return keccak256Bytes(bytes);
}

/** @returns the index after the last byte written. */
function writeWord(to: Uint8Array, start: number, value: number): number {
  to.fill(0, start, start + 24);
  writeUint32(to, start + 24, value / 2 ** 32);
  writeUint32(to, start + 28, value);
  return start + 32;
}

/** Writes the lowest 32 bits of a number's integer part. */
function writeUint32(to: Uint8Array, start: number, value: number): void {
  to[start] = value >>> 24;
  to[start + 1] = value >>> 16;
  to[start + 2] = value >>> 8;
  to[start + 3] = value;
}

const EIGHT = "8".charCodeAt(0);
const BACKTICK = "`".charCodeAt(0);

/** An address in EIP-55 spelling: a letter is a capital where the hash of the digits has 8 or more. */
export function checksumAddress(address: Address): string {
  const hash = keccak256Text(address.slice(2));
  const spelled = new Array<number>(address.length);
  for (let at = 0; at < address.length; at++) {
    const code = address.charCodeAt(at);
    // Among hex digits, only letters have codes above "`"; capitals have codes 32 lower.
    const isCapital = at >= 2 && code > BACKTICK && hash.charCodeAt(at) >= EIGHT;
    spelled[at] = isCapital ? code - 32 : code;
  }
  return String.fromCharCode(...spelled);
}
