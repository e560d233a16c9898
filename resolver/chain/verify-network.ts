import { NetworkMismatchError, UnavailableError } from "../errors.ts";
import { currentDeployment, type NetworkDescriptor } from "../network.ts";
import type { Hex } from "../primitives/hex.ts";
import { keccak256 } from "../primitives/keccak.ts";
import type { ChainReader } from "./chain-reader.ts";

/**
 * Checks that a chain is the one that a network descriptor describes: chain id, genesis hash and the code of each contract.
 *
 * @throws NetworkMismatchError naming what differs, with both values; UnavailableError when the chain could not be asked, or a
 * contract has no code: a server that is still syncing answers so.
 */
export async function verifyNetwork(reader: ChainReader, network: NetworkDescriptor): Promise<void> {
  const chainId = await reader.chainId();
  if (chainId !== network.chainId) throw mismatch(network, "chain id", chainId, network.chainId);

  const genesis = await reader.header(0);
  if (genesis === null) throw new UnavailableError("The chain has no block 0 now");
  if (genesis.hash !== network.genesisHash) throw mismatch(network, "genesis hash", genesis.hash, network.genesisHash);

  const { forwarder, timelock, recovery, seat, registries } = currentDeployment(network);
  const contracts = Object.entries({ forwarder, timelock, recovery, seat, ...registries });
  const codes = await reader.codes(contracts.map(([, { address }]) => address));
  for (const [at, [name, contract]] of contracts.entries()) {
    const code = codes[at] as Hex;
    const codeHash = keccak256(code);
    // A server that still syncs has the genesis block, but the contract not yet: this may be temporary.
    if (code === "0x" && codeHash !== contract.codeHash) throw notThereYet(network, `${name} at ${contract.address}`);
    if (codeHash !== contract.codeHash) {
      throw mismatch(network, `code hash of ${name} at ${contract.address}`, codeHash, contract.codeHash);
    }
  }
}

function notThereYet({ name }: NetworkDescriptor, contract: string): UnavailableError {
  return new UnavailableError(
    `The chain has no code of ${contract} at its newest block: its server is still syncing, or its chain is not that of ` +
      `network ${name}. Compare the server's newest block with the descriptor's fromBlock`,
  );
}

function mismatch(network: NetworkDescriptor, what: string, got: unknown, wanted: unknown): NetworkMismatchError {
  return new NetworkMismatchError(
    `The chain is not that of network ${network.name}: ${what} is ${got}, the descriptor wants ${wanted}. Use the URL of that ` +
      "network's chain, or the descriptor of this chain's network",
  );
}
