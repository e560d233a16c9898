import { AbiCoder, ParamType } from "ethers";
import type { Hex } from "../../resolver/primitives/hex.ts";

const parsed = new Map<string, ParamType>();

/** ethers' ABI encoding. A type is parsed once: that takes it longer than to encode a value. */
export function abiEncode(types: readonly string[], values: readonly unknown[]): Hex {
  return AbiCoder.defaultAbiCoder().encode(types.map(typeOf), values) as Hex;
}

function typeOf(text: string): ParamType {
  const type = parsed.get(text) ?? ParamType.from(text);
  parsed.set(text, type);
  return type;
}
