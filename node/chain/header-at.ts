import type { ChainReader, Header } from "../../resolver/chain/chain-reader.ts";
import { UnavailableError } from "../../resolver/errors.ts";

/**
 * The header of a block that the chain was seen to have.
 * @throws UnavailableError when the server that is asked does not have it: it lags behind the one that named the block.
 */
export async function headerAt(reader: ChainReader, number: number): Promise<Header> {
  const header = await reader.header(number);
  if (header === null) throw new UnavailableError(`The chain's server has no block ${number} now`);
  return header;
}
