import { NodeBuffer } from "./platform.ts";

/** `0x` and an even number of lower-case hex digits. */
export type Hex = `0x${string}`;

/** An account or contract: `0x` and 40 lower-case hex digits. */
export type Address = Hex;

/** 32 bytes: `0x` and 64 lower-case hex digits. */
export type Hash = Hex;

export const ZERO_ADDRESS: Address = `0x${"0".repeat(40)}`;
export const ZERO_HASH: Hash = `0x${"0".repeat(64)}`;

/** Left-pads a number or an address to a 32-byte word. */
export function word(value: number | bigint | Hex): Hash {
  const digits = typeof value === "string" ? value.slice(2) : value.toString(16);
  return `0x${digits.padStart(64, "0")}`;
}

/** The bytes of hex digits in either case; the argument must be well-formed. */
export function toBytes(hex: Hex): Uint8Array {
  const bytes = new Uint8Array((hex.length - 2) / 2);
  writeBytes(bytes, 0, hex);
  return bytes;
}

export function hexOf(bytes: Uint8Array): Hex {
  let digits = "0x";
  for (const byte of bytes) digits += BYTES[byte];
  return digits as Hex;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The value of a hex digit, by its character code. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16));

/**
 * Writes the bytes of hex digits, which must be well-formed.
 * @param to has room for them; a `Buffer` is fastest.
 * @returns the index after the last byte written.
 */
export function writeBytes(to: Uint8Array, start: number, hex: Hex): number {
  if (NodeBuffer !== undefined && to instanceof NodeBuffer) return start + to.write(hex.slice(2), start, "hex");
  let next = start;
  for (let at = 2; at < hex.length; at += 2) {
    to[next++] = ((DIGITS[hex.charCodeAt(at)] as number) << 4) | (DIGITS[hex.charCodeAt(at + 1)] as number);
  }
  return next;
}
