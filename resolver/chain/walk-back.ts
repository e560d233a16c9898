import { decodeDidLog } from "../did/decode-log.ts";
import { ChainDataError, HistoryIncompleteError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import { type Address, type Hash, word } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import { MAX_RANGE } from "./all-logs.ts";
import type { ChainReader, Header, History, Log } from "./chain-reader.ts";
import { readIdentitySlot } from "./identity-slot.ts";
import { mayBeTooMuch } from "./rpc/rpc.ts";

/**
 * A DID's history from a server that refuses the logs of the whole chain in one request: from the newest change back along
 * `previousChange`, which every event of a DID has. Each request is for the logs of up to {@link MAX_RANGE} blocks, fewer after
 * a refusal. It takes at most one request for each block with a change, independent of the length of the chain.
 *
 * @param asOf the block whose knowledge is wanted; the newest unless given.
 * @throws HistoryIncompleteError when the server leaves out a change that the contract names; UnavailableError, ChainDataError.
 */
export async function walkBack(
  reader: ChainReader,
  network: NetworkDescriptor,
  {
    address,
    headSlot,
    asOf,
  }: { readonly address: Address; readonly headSlot: Hash; readonly asOf?: Header | undefined },
): Promise<History> {
  const { registries, slots, fromBlock: first } = currentDeployment(network);
  const registry = registries.did.address;
  const newest = asOf ?? (await reader.header("latest"));
  if (newest === null) throw new UnavailableError("The chain has no newest block");
  const wanted = [keccak256(word(address), slots.identities), headSlot].map((slot) => ({ address: registry, slot }));
  const [record = "0x0", head = "0x0"] = await reader.storage(wanted, newest.hash);

  const logs: Log[] = [];
  let range = MAX_RANGE;
  for (let toBlock = readIdentitySlot(record).changed; toBlock !== 0; ) {
    const fromBlock = Math.max(Math.min(first, toBlock), toBlock - range + 1);
    let found: Log[];
    try {
      found = await reader.logs({ addresses: [registry], subject: word(address), fromBlock, toBlock });
    } catch (error) {
      if (!mayBeTooMuch(error) || range === 1) throw error;
      range = Math.floor(range / 2);
      continue;
    }
    const [oldest] = found;
    if (oldest === undefined) {
      throw new HistoryIncompleteError(
        `${address} changed in block ${toBlock} by what the contract says, and the chain's server has no log of it there`,
      );
    }
    logs.unshift(...found);
    const { previousChange } = decodeDidLog(oldest, 0);
    if (previousChange >= oldest.blockNumber) {
      throw new ChainDataError(
        `The change of ${address} in block ${oldest.blockNumber} names ${previousChange} as before it`,
      );
    }
    toBlock = previousChange;
  }
  const headers = await reader.headers([...new Set(logs.map(({ blockNumber }) => blockNumber))]);
  return { newest, logs, headers, head };
}
