import { NetworkMismatchError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import { keccak256 } from "../primitives/keccak.ts";
import type { ChainReader } from "./chain-reader.ts";

/**
 * Checks that a chain is the one that a network descriptor means: chain id, genesis hash and the code of each contract.
 *
 * @throws NetworkMismatchError naming what differs, with both values; UnavailableError when it could not ask.
 */
export async function verifyNetwork(reader: ChainReader, network: NetworkDescriptor): Promise<void> {
  const chainId = await reader.chainId();
  if (chainId !== network.chainId) throw mismatch(network, "chain id", chainId, network.chainId);

  const genesis = await reader.header(0);
  if (genesis === null) throw new UnavailableError("The chain has no block 0 now");
  if (genesis.hash !== network.genesisHash) throw mismatch(network, "genesis hash", genesis.hash, network.genesisHash);

  const { forwarder, timelock, recovery, seat, registries } = currentDeployment(network);
  for (const [name, contract] of Object.entries({ forwarder, timelock, recovery, seat, ...registries })) {
    const codeHash = keccak256(await reader.code(contract.address));
    if (codeHash !== contract.codeHash) {
      throw mismatch(network, `code hash of ${name} at ${contract.address}`, codeHash, contract.codeHash);
    }
  }
}

function mismatch(network: NetworkDescriptor, what: string, got: unknown, wanted: unknown): NetworkMismatchError {
  return new NetworkMismatchError(
    `The chain is not that of network ${network.name}: ${what} is ${got}, the descriptor wants ${wanted}`,
  );
}
