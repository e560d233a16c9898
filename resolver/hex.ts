/** `0x` and an even number of lower-case hex digits. */
export type Hex = `0x${string}`;

/** An account or contract: `0x` and 40 lower-case hex digits. */
export type Address = Hex;

/** 32 bytes: `0x` and 64 lower-case hex digits. */
export type Hash = Hex;

export const ZERO_ADDRESS: Address = `0x${"0".repeat(40)}`;
export const ZERO_HASH: Hash = `0x${"0".repeat(64)}`;

/** Left-pads a number or an address to a 32-byte word. */
export function word(value: number | Hex): Hash {
  const digits = typeof value === "number" ? value.toString(16) : value.slice(2);
  return `0x${digits.padStart(64, "0")}`;
}

/** Bytes one after the other, as `abi.encodePacked` of byte strings does. */
export function concat(parts: readonly Hex[]): Hex {
  return `0x${parts.map((part) => part.slice(2)).join("")}`;
}

/** The bytes behind hex digits; the argument must be well-formed. */
export function toBytes(hex: Hex): Uint8Array {
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}
