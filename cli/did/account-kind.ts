import type { Address, ChainReader } from "../../resolver/index.ts";

/** Whether an account is governed by one private key or by a contract. */
export async function kindOfAccount(reader: ChainReader, account: Address): Promise<"key" | "contract"> {
  return (await reader.code(account)) === "0x" ? "key" : "contract";
}
