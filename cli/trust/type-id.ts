import { id } from "ethers";
import type { Hash } from "../../resolver/index.ts";

/** The id of a credential type, of its URI or of the id itself. */
export function typeIdOf(text: string): Hash {
  return (/^0x[0-9a-fA-F]{64}$/.test(text) ? text.toLowerCase() : id(text)) as Hash;
}
