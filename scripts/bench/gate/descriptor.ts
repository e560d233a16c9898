import type { BaseContract } from "ethers";
import type { Signer } from "../../../node/issuing/signer.ts";
import type { Address, Hash, NetworkDescriptor } from "../../../resolver/index.ts";
import { keccak256 } from "../../../resolver/primitives/keccak.ts";
import type { Contracts } from "../stage/contracts.ts";

/** The descriptor of a network whose blocks one operator attests. The forwarder stands in for the contracts of governance. */
export async function describe(contracts: Contracts, operator: Signer): Promise<NetworkDescriptor> {
  const { ethers, forwarder, did, trust, status } = contracts;
  const described = async (contract: BaseContract) => {
    const address = String(contract.target).toLowerCase() as Address;
    return { address, codeHash: keccak256((await ethers.provider.getCode(address)) as Hash) };
  };
  const one = await described(forwarder);
  return {
    version: 1,
    name: "local",
    chainId: 31_337,
    genesisHash: (await ethers.provider.getBlock(0))?.hash as Hash,
    consensus: { kind: "attested", threshold: 1, operators: [{ name: "bench", key: { ...operator.jwk } }] },
    finality: { kind: "instant" },
    deployments: [
      {
        fromBlock: 1,
        ...{ forwarder: one, timelock: one, recovery: one, seat: one },
        registries: { did: await described(did), trust: await described(trust), status: await described(status) },
        slots: { heads: 0, root: 1, identities: 2 },
      },
    ],
    previous: null,
    signatures: [],
  };
}
