import type { Address } from "./hex.ts";
import { keccak256Text } from "./keccak.ts";

const EIGHT = "8".charCodeAt(0);

/** An address as EIP-55 spells it: a letter is a capital where the hash of the digits has 8 or more. */
export function checksumAddress(address: Address): string {
  const digits = address.slice(2);
  const hash = keccak256Text(digits).slice(2);
  let spelled = "0x";
  for (let at = 0; at < digits.length; at++) {
    const digit = digits.charAt(at);
    spelled += hash.charCodeAt(at) < EIGHT ? digit : digit.toUpperCase();
  }
  return spelled;
}
