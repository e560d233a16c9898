import type { Hex } from "../../primitives/hex.ts";
import { keccak256 } from "../../primitives/keccak.ts";

/** Digits of a block's bloom filter: 2 048 bits. */
const BLOOM_DIGITS = 512;

/**
 * Whether a block may have logs of a contract, or with a topic: `false` is certain, if the bloom is the block's own. Each
 * of the first three pairs of bytes of a value's keccak256 is the number of a bit (Yellow Paper, section 4.4.3).
 *
 * @returns a function of the `logsBloom` of a block.
 */
export function inBloom(value: Hex): (bloom: Hex) => boolean {
  const hash = keccak256(value);
  const bits = [2, 6, 10].map((at) => Number.parseInt(hash.slice(at, at + 4), 16) % 2_048);
  return (bloom) => bits.every((bit) => ((Number.parseInt(digitOf(bloom, bit), 16) >> (bit % 4)) & 1) === 1);
}

/** The bits are numbered from the end. */
function digitOf(bloom: Hex, bit: number): string {
  return bloom.charAt(2 + BLOOM_DIGITS - 1 - Math.floor(bit / 4));
}
