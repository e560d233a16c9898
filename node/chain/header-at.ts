import type { ChainReader, Header } from "../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../resolver/errors.ts";

/**
 * The header of a block that the chain is known to have.
 * @throws UnavailableError when the server does not have it, because it lags behind the one that showed the block.
 */
export async function headerAt(reader: ChainReader, number: number): Promise<Header> {
  const header = await reader.header(number);
  if (header === null) throw new UnavailableError(`The chain's server has no block ${number} now`);
  return header;
}
