import { AbiCoder, ParamType } from "ethers";
import type { Hex } from "../../resolver/primitives/hex.ts";

const parsed = new Map<string, ParamType>();

/** ethers' ABI encoding. Types are cached, because ethers takes longer to parse a type than to encode a value. */
export function abiEncode(types: readonly string[], values: readonly unknown[]): Hex {
  return AbiCoder.defaultAbiCoder().encode(types.map(typeOf), values) as Hex;
}

function typeOf(text: string): ParamType {
  const type = parsed.get(text) ?? ParamType.from(text);
  parsed.set(text, type);
  return type;
}
