import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { p256 } from "@noble/curves/nist.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { hexlify, toUtf8Bytes } from "ethers";
import type { Hex } from "../../resolver/primitives/hex.ts";

const PUBLIC_KEY = {
  P256: (secret: Uint8Array) => p256.getPublicKey(secret, true),
  Secp256k1: (secret: Uint8Array) => secp256k1.getPublicKey(secret, true),
  Ed25519: (secret: Uint8Array) => ed25519.getPublicKey(secret),
  X25519: (secret: Uint8Array) => x25519.getPublicKey(secret),
  MLDSA44: (secret: Uint8Array) => ml_dsa44.keygen(secret).publicKey,
};

/** Algorithms by their names in attributes. */
export type Algorithm = keyof typeof PUBLIC_KEY;
export const ALGORITHMS = Object.keys(PUBLIC_KEY) as Algorithm[];

/** The raw public key of the secret whose 32 bytes are all `secret` (1 to 255). */
export function publicKey(algorithm: Algorithm, secret: number): Hex {
  return hexlify(PUBLIC_KEY[algorithm](new Uint8Array(32).fill(secret))) as Hex;
}

/** Values that are no key, by algorithm: of a wrong length, or no point on the curve. */
export const NO_KEYS: Record<Algorithm, readonly Hex[]> = {
  P256: ["0x", `0x02${"ff".repeat(32)}`, `0x05${publicKey("P256", 1).slice(4)}`, publicKey("Ed25519", 1)],
  Secp256k1: [
    "0x",
    `0x02${"ff".repeat(32)}`,
    `0x00${"00".repeat(32)}`,
    hexlify(secp256k1.getPublicKey(new Uint8Array(32).fill(1), false)) as Hex,
  ],
  Ed25519: ["0x", `0x02${"00".repeat(31)}`, `${publicKey("Ed25519", 1)}00`, publicKey("P256", 1)],
  X25519: ["0x", "0x01", `${publicKey("X25519", 1)}00`],
  MLDSA44: ["0x", publicKey("Ed25519", 1), `${publicKey("MLDSA44", 1)}00`],
};

/** The bytes of a text. */
export function textValue(text: string): Hex {
  return hexlify(toUtf8Bytes(text)) as Hex;
}

/** A name or type in 32 bytes; unlike a Solidity short string it may fill all of them. */
export function name32(text: string): Hex {
  const hex = textValue(text);
  if (hex.length > 66) throw new Error(`${text} is longer than 32 bytes`);
  return hex.padEnd(66, "0") as Hex;
}
